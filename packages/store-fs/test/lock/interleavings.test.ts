import { checkRaces, LEFT, RACE } from '../helpers/check-races.js';

checkRaces({
  'two find a free lock': { ...RACE, files: LEFT.nothing },
  'two find a dead holder': RACE,
  'two find a dead holder, one may be killed, and the holder releases': { ...RACE, kills: 1, releases: true },
  'three find a dead holder': { ...RACE, starters: 3 },
  'two find a free lock, without hard links': { ...RACE, hasLinks: false, files: LEFT.nothing },
  'two find a dead holder, without hard links': { ...RACE, hasLinks: false },
});
