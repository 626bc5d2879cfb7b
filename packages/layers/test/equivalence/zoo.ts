import { layersZoo } from './layers-zoo.js';
import { plainZoo } from './plain-zoo.js';
import { stepsZoo } from './steps-zoo.js';
import type { ZooMember } from './zoo-member.js';

/** All kinds of models, by name. */
export const zoo: Readonly<Record<string, ZooMember>> = { ...layersZoo, ...plainZoo, ...stepsZoo };
