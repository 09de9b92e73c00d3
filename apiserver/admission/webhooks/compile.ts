// A webhook of a configuration as requests are matched with it: selectors and expressions compiled once.
import { compileLabelSelector, type ParsedLabelSelector } from '../../../api/selectors.ts'
import type { MutatingWebhook, RuleWithOperations, WebhookClientConfig } from '../../../api/types/admissionregistration-v1.ts'
import type { Entry } from '../../../store/store.ts'
import type { ConditionCompiler, Conditions } from '../match-conditions.ts'
import type { ReviewVersion } from './review.ts'

export interface Hook {
  /** Unique among all: configuration and position. */
  readonly id: string
  readonly name: string
  readonly configuration: string
  readonly client: WebhookClientConfig
  readonly rules: readonly RuleWithOperations[]
  readonly equivalent: boolean
  readonly namespaceSelector: ParsedLabelSelector
  readonly objectSelector: ParsedLabelSelector
  readonly conditions: Conditions
  readonly failsOpen: boolean
  readonly dryRunSafe: boolean
  readonly timeoutSeconds: number
  /** The first version that both sides know. */
  readonly version: ReviewVersion | undefined
  readonly reinvoked: boolean
}

const compileHook = (compileConditions: ConditionCompiler, configuration: string, hook: MutatingWebhook, index: number): Hook => ({
  id: `${configuration}/${hook.name}/${index}`,
  name: hook.name,
  configuration,
  client: hook.clientConfig,
  rules: hook.rules ?? [],
  equivalent: (hook.matchPolicy ?? 'Equivalent') === 'Equivalent',
  namespaceSelector: compileLabelSelector(hook.namespaceSelector ?? {}),
  objectSelector: compileLabelSelector(hook.objectSelector ?? {}),
  conditions: compileConditions(hook.matchConditions ?? [], hook.failurePolicy === 'Ignore'),
  failsOpen: hook.failurePolicy === 'Ignore',
  dryRunSafe: hook.sideEffects === 'None' || hook.sideEffects === 'NoneOnDryRun',
  timeoutSeconds: hook.timeoutSeconds ?? 10,
  version: hook.admissionReviewVersions.find((v): v is ReviewVersion => v === 'v1' || v === 'v1beta1'),
  reinvoked: hook.reinvocationPolicy === 'IfNeeded',
})

export const createHookCompiler =
  (compileConditions: ConditionCompiler) =>
  (entry: Entry): readonly Hook[] =>
    ((entry.object() as { webhooks?: MutatingWebhook[] | null }).webhooks ?? []).map((hook, i) => compileHook(compileConditions, entry.name, hook, i))
