import { testKills } from './helpers/test-kills.js';

testKills((killedAfter) => Array.from({ length: killedAfter + 1 }, (_, saved) => saved));
