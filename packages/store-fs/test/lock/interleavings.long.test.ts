import { sample } from '../../../../test/setup/sample.js';
import { checkRaces, LEFT, RACE } from '../helpers/check-races.js';

const takenOver = { ...RACE, files: LEFT['a lock that was being taken over'] };
const linkless = { ...RACE, hasLinks: false };

const races = {
  'three find a dead holder, and one may be killed': { ...RACE, starters: 3, kills: 1 },
  'two find one who was killed while it took over': takenOver,
  'the same, two may be killed, and the holder releases': { ...takenOver, kills: 2, releases: true },
  'three find a dead holder, and the holder releases': { ...RACE, starters: 3, releases: true },
  'two find a dead holder, one may be killed, and the holder releases, without hard links': {
    ...linkless,
    kills: 1,
    releases: true,
  },
  'three find a dead holder, without hard links': { ...linkless, starters: 3 },
  'two find a half-written lock, without hard links': { ...linkless, files: LEFT['a half-written lock'] },
};

checkRaces(Object.fromEntries(sample(Object.entries(races), 2)));
