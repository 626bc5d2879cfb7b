import { testOptimizerResume } from '../helpers/test-optimizer-resume.js';

testOptimizerResume([0, 1, 4]);
