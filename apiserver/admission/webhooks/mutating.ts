// MutatingAdmissionWebhook: one after the other, in the order of their configurations' names; each sees what those before it made. Those
// that ask for it (IfNeeded) are called once more when the object changed after their turn.
import { type JsonMap, copyJson } from '../../../api/patch/json-value.ts'
import { applyJsonPatch } from '../../../api/patch/json-patch.ts'
import { internalError } from '../../../api/status.ts'
import { decodeMutated } from '../../verbs/decode.ts'
import { sameValue } from '../../verbs/metadata.ts'
import { type AdmissionPlugin, type AdmissionRequest, replaceContents, type Round } from '../admission.ts'
import { createConditionCompiler } from '../match-conditions.ts'
import { createMirror } from '../mirror.ts'
import type { AdmissionDeps } from '../registry.ts'
import { takeTurns } from '../reinvocation.ts'
import { createHookCompiler, type Hook } from './compile.ts'
import { convert, createDispatcher } from './dispatch.ts'
import type { Answer, Seen } from './review.ts'

/** Who was asked, and what it changed. */
const note = (request: AdmissionRequest, { configuration, name: webhook }: Hook, turn: string, mutated: boolean, { patch }: Answer): void => {
  request.annotate?.(`mutation.webhook.admission.k8s.io/${turn}`, JSON.stringify({ configuration, webhook, mutated }))
  if (mutated && request.auditsObjects)
    request.annotate?.(`patch.webhook.admission.k8s.io/${turn}`, JSON.stringify({ configuration, webhook, patch, patchType: 'JSONPatch' }))
}

export const mutatingWebhooks = (deps: AdmissionDeps): AdmissionPlugin => {
  const { table, authorizers } = deps
  const dispatcher = createDispatcher(deps, true)
  const configurations = createMirror(
    deps,
    () => table.stored('mutatingwebhookconfigurations.admissionregistration.k8s.io').prefixOf(''),
    createHookCompiler(createConditionCompiler(authorizers)),
  )

  /** Works the patch into the request's object, in the version that the hook saw. True when that changed it. */
  const apply = async (hook: Hook, request: AdmissionRequest, seen: Seen, answer: Answer): Promise<boolean> => {
    const { object } = request
    if (answer.patch === undefined || !object || !seen.object) return false
    try {
      const before = structuredClone(object)
      const patched = decodeMutated(seen.resource, applyJsonPatch(copyJson(seen.object as unknown as JsonMap), answer.patch))
      if (object.metadata.resourceVersion === undefined) delete patched.metadata.resourceVersion
      seen.resource.default?.(patched)
      replaceContents(object, request.kind ? patched : await convert(patched, dispatcher.served(seen.resource), dispatcher.served(request.resource)))
      return !sameValue(before, object)
    } catch (error) {
      throw internalError(`the patch of webhook ${JSON.stringify(hook.name)} does not fit: ${error instanceof Error ? error.message : String(error)}`, error)
    }
  }

  const admit = async (request: AdmissionRequest, round: Round): Promise<void> => {
    const hooks = (await configurations.read()).flat()
    if (!hooks.length) return
    const turns = takeTurns(request, round, configurations)
    for (const [index, hook] of hooks.entries()) {
      if (!turns.isDue(hook.id)) continue
      const seen = await dispatcher.concern(hook, request)
      if (!seen) continue
      const turn = `round_${round.again ? 1 : 0}_index_${index}`
      const answer = await dispatcher.ask(hook, request, seen, turn)
      if (!answer) continue
      const mutated = await apply(hook, request, seen, answer)
      note(request, hook, turn, mutated, answer)
      if (mutated) turns.changed()
      if (hook.reinvoked) turns.called(hook.id)
    }
    turns.end()
  }

  return { name: 'MutatingAdmissionWebhook', admit }
}
