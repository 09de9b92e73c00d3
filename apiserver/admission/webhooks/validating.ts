// ValidatingAdmissionWebhook: all that are concerned are asked at once; the first refusal, in the order of their configurations, counts.
import type { AdmissionPlugin } from '../admission.ts'
import { createConditionCompiler } from '../match-conditions.ts'
import { createMirror } from '../mirror.ts'
import type { AdmissionDeps } from '../registry.ts'
import { createHookCompiler } from './compile.ts'
import { createDispatcher } from './dispatch.ts'

export const validatingWebhooks = (deps: AdmissionDeps): AdmissionPlugin => {
  const { table, authorizers } = deps
  const dispatcher = createDispatcher(deps, false)
  const configurations = createMirror(
    deps,
    () => table.stored('validatingwebhookconfigurations.admissionregistration.k8s.io').prefixOf(''),
    createHookCompiler(createConditionCompiler(authorizers)),
  )
  return {
    name: 'ValidatingAdmissionWebhook',
    validate: async request => {
      const hooks = (await configurations.read()).flat()
      const concerned = []
      for (const hook of hooks) {
        const seen = await dispatcher.concern(hook, request)
        if (seen) concerned.push({ hook, seen })
      }
      for (const result of await Promise.allSettled(concerned.map(({ hook, seen }, i) => dispatcher.ask(hook, request, seen, `round_0_index_${i}`))))
        if (result.status === 'rejected') throw result.reason
    },
  }
}
