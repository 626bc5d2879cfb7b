import { testKills } from './helpers/test-kills.js';

testKills(['convnet with batch norm and dropout']);
