import { testOptimizerResume } from '../helpers/test-optimizer-resume.js';

testOptimizerResume([0, 1, 2, 3, 4, 5, 6, 7]);
