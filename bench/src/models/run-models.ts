// What main.ts bundles and runs.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { measureModel, type Result } from './measure-model.js';
import { models } from './models.js';
import { report } from './report.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '9' }, json: { type: 'string' } },
});
const chosen = models.filter(({ name }) => positionals.every((part) => name.toLowerCase().includes(part.toLowerCase())));
const results: Result[] = [];
for (const model of chosen) {
  // The cpu backend is what the text model is held to; convnets take seconds a step there.
  const result = await measureModel(model, { rounds: Number(values.rounds), isBesideCpu: model.name.includes('LSTM') });
  results.push(result);
  console.log(report(result));
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ node: process.version, results }, undefined, 2)}\n`);
