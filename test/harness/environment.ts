// The environment for programs that a test starts: without what tap puts in for its own children, which would load into every Node process.

export const cleanEnvironment = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== 'NODE_OPTIONS' && !name.startsWith('TAP') && !name.startsWith('_TAPJS'))),
  ...more,
})
