// Commands of a person at the terminal, one line each, with what they must print. A command that fails must fail for the reason given.
import { cleanEnvironment } from '../../harness/environment.ts'
import type { TestCluster } from '../../harness/cluster.ts'

interface TestContext {
  match(found: unknown, wanted: RegExp, message: string): unknown
  rejects(promise: Promise<unknown>, wanted: { message: RegExp }, message: string): Promise<unknown>
}

export interface Step {
  /** What follows `kubectl`; quotes group words. */
  readonly run: string
  /** A part of what it prints. */
  readonly says?: RegExp
  /** It exits with another status than 0 and prints this. */
  readonly fails?: RegExp
  readonly input?: string
  /** The minor version of the first kubectl that knows the command; older ones (`npm run test:clients`) leave the step out. */
  readonly since?: number
  /** The program that `kubectl edit` opens. */
  readonly editor?: string
}

type Kubectl = Pick<TestCluster, 'kubectl'>

/** 35 for a kubectl 1.35. */
export const minorVersion = async ({ kubectl }: Kubectl): Promise<number> => Number(JSON.parse(await kubectl('version --client -o json')).clientVersion.minor)

export const runSteps = async (t: TestContext, { kubectl }: Kubectl, steps: readonly Step[]): Promise<void> => {
  const minor = steps.some(step => step.since) ? await minorVersion({ kubectl }) : Infinity
  for (const { run, says, fails, input, editor } of steps.filter(({ since = 0 }) => minor >= since)) {
    const running = kubectl(toWords(run), {
      timeoutMs: 90_000,
      ...(input !== undefined && { input }),
      ...(editor && { env: cleanEnvironment({ KUBE_EDITOR: editor }) }),
    })
    if (fails) await t.rejects(running, { message: fails }, `kubectl ${run}`)
    else t.match(await running, says ?? /^/, `kubectl ${run}`)
  }
}

/** Splits at blanks outside of single quotes. */
const toWords = (line: string): string[] => [...line.matchAll(/((?:'[^']*'|[^\s'])+)/g)].map(([word]) => word.replaceAll("'", ''))
