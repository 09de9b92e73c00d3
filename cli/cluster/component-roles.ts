// What Wherry's parts need beyond the default roles of Kubernetes. The others go by those: the scheduler and the proxy as upstream's, each
// controller by its service account, the agent by the Node authorizer.

export const componentRoles = [
  // Upstream's proxy sees no pods; ours knows the host ports of the node's.
  { name: 'wherry:proxy', rules: ['list,watch core pods'], subjects: ['user:system:kube-proxy'] },
  { name: 'wherry:dns', rules: ['list,watch core namespaces,services', 'list,watch discovery.k8s.io endpointslices'], subjects: ['user:system:dns'] },
]
