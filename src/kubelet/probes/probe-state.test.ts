import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afterResult, initialProbeState, type ProbeKind } from './probe-state.ts';

test('afterResult() changes its verdict after as many equal results as the threshold says', () => {
  const probe = { successThreshold: 2, failureThreshold: 3 };
  const cases: readonly (readonly [ProbeKind, string, string])[] = [
    ['readiness', '++--+---', '-++++++-'],
    ['liveness', '--+---+', '+++++--'],
    ['startup', '--++', '???+'],
    ['startup', '---', '??-'],
  ];
  for (const [kind, results, wanted] of cases) {
    let state = initialProbeState(kind, false);
    const verdicts = [...results].map((result) => {
      state = afterResult(state, result === '+', probe);
      return state.verdict === undefined ? '?' : state.verdict ? '+' : '-';
    });
    assert.equal(verdicts.join(''), wanted, `${kind} ${results}`);
  }
});
