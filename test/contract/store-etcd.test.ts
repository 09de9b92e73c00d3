import { Etcd3 } from 'etcd3'
import t from 'tap'
import { systemClock } from '../../base/clock.ts'
import { createLogger } from '../../base/log.ts'
import { createEtcdStore } from '../../store/main.ts'
import { startEtcd } from '../integration/store/etcd-process.ts'
import { nodes, pods, storeContract, type StoreFactory } from './store.ts'

// One etcd for all; each store has a prefix of its own, and the others' keys are foreign to it.
const etcd = await startEtcd(t)
const client = new Etcd3({ hosts: etcd.endpoint })
t.teardown(() => client.close())
const numbers = Array(1000).keys()

const make: StoreFactory = async (t, resources = [pods, nodes]) => {
  const prefix = `/cluster-${numbers.next().value}`
  const store = createEtcdStore({ endpoints: [etcd.endpoint], prefix }, { log: createLogger('silent'), clock: systemClock })
  t.teardown(() => store.stop())
  for (const resource of resources) await store.register(resource)
  await store.start(AbortSignal.timeout(10_000))
  return {
    store,
    putForeign: async (key, value) => Number((await client.put(prefix + key).value(value)).header.revision),
    deleteForeign: async key => {
      await client.delete().key(prefix + key)
    },
    deleteTogether: async keys => {
      const { header } = await client
        .if(`${prefix}/none`, 'Version', '==', 0)
        .then(...keys.map(key => client.delete().key(prefix + key)))
        .commit()
      return Number(header.revision)
    },
  }
}

await storeContract(t, make)
