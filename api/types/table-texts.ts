// Generated from api/schema/*.txt by scripts/schema/generate-types.ts: edit the tables instead.
export const tableTexts: Readonly<Record<string, string>> = {
'admission.v1': `package io.k8s.api.admission.v1
group admission.k8s.io/v1

AdmissionRequest
  uid string ! #1
  kind meta.v1.GroupVersionKind ! #2
  resource meta.v1.GroupVersionResource ! #3
  subResource string #4
  requestKind *meta.v1.GroupVersionKind #13
  requestResource *meta.v1.GroupVersionResource #14
  requestSubResource string #15
  name string #5
  namespace string #6
  operation string ! #7
  userInfo authentication.v1.UserInfo ! #8
  object RawExtension #9
  oldObject RawExtension #10
  dryRun *bool #11
  options RawExtension #12

AdmissionResponse
  uid string ! #1
  allowed bool ! #2
  status *meta.v1.Status #3
  patch bytes #4
  patchType *string #5
  auditAnnotations {}string #6
  warnings []string #7

AdmissionReview kind
  kind string
  apiVersion string
  request *AdmissionRequest #1
  response *AdmissionResponse #2
`,
'admissionregistration.v1': `package io.k8s.api.admissionregistration.v1
group admissionregistration.k8s.io/v1

ApplyConfiguration
  expression string #1

AuditAnnotation
  key string ! #1
  valueExpression string ! #2

ExpressionWarning
  fieldRef string ! #2
  warning string ! #3

JSONPatch
  expression string #1

MatchCondition
  name string ! #1
  expression string ! #2

MatchResources atomic
  namespaceSelector *meta.v1.LabelSelector #1
  objectSelector *meta.v1.LabelSelector #2
  resourceRules []NamedRuleWithOperations #3
  excludeResourceRules []NamedRuleWithOperations #4
  matchPolicy *string #7

MutatingAdmissionPolicy kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec MutatingAdmissionPolicySpec #2

MutatingAdmissionPolicyBinding kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec MutatingAdmissionPolicyBindingSpec #2

MutatingAdmissionPolicyBindingList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []MutatingAdmissionPolicyBinding ! untyped #2

MutatingAdmissionPolicyBindingSpec
  policyName string #1
  paramRef *ParamRef #2
  matchResources *MatchResources #3

MutatingAdmissionPolicyList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []MutatingAdmissionPolicy ! untyped #2

MutatingAdmissionPolicySpec
  paramKind *ParamKind #1
  matchConstraints *MatchResources #2
  variables []Variable #3
  mutations []Mutation #4
  failurePolicy *string #5
  matchConditions []MatchCondition merge(name) #6
  reinvocationPolicy string #7

MutatingWebhook
  name string ! #1
  clientConfig WebhookClientConfig ! #2
  rules []RuleWithOperations #3
  failurePolicy *string #4
  matchPolicy *string #9
  namespaceSelector *meta.v1.LabelSelector #5
  objectSelector *meta.v1.LabelSelector #11
  sideEffects *string ! #6
  timeoutSeconds *int32 #7
  admissionReviewVersions []string ! #8
  reinvocationPolicy *string #10
  matchConditions []MatchCondition merge(name) #12

MutatingWebhookConfiguration kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  webhooks []MutatingWebhook merge(name) #2

MutatingWebhookConfigurationList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []MutatingWebhookConfiguration ! untyped #2

Mutation
  patchType string ! #2
  applyConfiguration *ApplyConfiguration #3
  jsonPatch *JSONPatch #4

NamedRuleWithOperations atomic
  resourceNames []string #1
  ruleWithOperations RuleWithOperations inline #2

ParamKind atomic
  apiVersion string #1
  kind string #2

ParamRef atomic
  name string #1
  namespace string #2
  selector *meta.v1.LabelSelector #3
  parameterNotFoundAction *string #4

Rule
  apiGroups []string #1
  apiVersions []string #2
  resources []string #3
  scope *string #4

RuleWithOperations
  operations []string #1
  rule Rule inline #2

ServiceReference
  namespace string ! #1
  name string ! #2
  path *string #3
  port *int32 #4

TypeChecking
  expressionWarnings []ExpressionWarning #1

ValidatingAdmissionPolicy kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec ValidatingAdmissionPolicySpec #2
  status ValidatingAdmissionPolicyStatus #3

ValidatingAdmissionPolicyBinding kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec ValidatingAdmissionPolicyBindingSpec ! #2

ValidatingAdmissionPolicyBindingList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []ValidatingAdmissionPolicyBinding ! untyped #2

ValidatingAdmissionPolicyBindingSpec
  policyName string ! omit #1
  paramRef *ParamRef #2
  matchResources *MatchResources #3
  validationActions []string ! set #4

ValidatingAdmissionPolicyList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []ValidatingAdmissionPolicy ! untyped #2

ValidatingAdmissionPolicySpec
  paramKind *ParamKind #1
  matchConstraints *MatchResources #2
  validations []Validation #3
  failurePolicy *string #4
  auditAnnotations []AuditAnnotation #5
  matchConditions []MatchCondition merge(name) #6
  variables []Variable merge(name) #7

ValidatingAdmissionPolicyStatus
  observedGeneration int64 #1
  typeChecking *TypeChecking #2
  conditions []meta.v1.Condition map(type) #3

ValidatingWebhook
  name string ! #1
  clientConfig WebhookClientConfig ! #2
  rules []RuleWithOperations #3
  failurePolicy *string #4
  matchPolicy *string #9
  namespaceSelector *meta.v1.LabelSelector #5
  objectSelector *meta.v1.LabelSelector #10
  sideEffects *string ! #6
  timeoutSeconds *int32 #7
  admissionReviewVersions []string ! #8
  matchConditions []MatchCondition merge(name) #11

ValidatingWebhookConfiguration kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  webhooks []ValidatingWebhook merge(name) #2

ValidatingWebhookConfigurationList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []ValidatingWebhookConfiguration ! untyped #2

Validation
  expression string ! #1
  message string #2
  reason *string #3
  messageExpression string #4

Variable atomic
  name string ! #1
  expression string ! #2

WebhookClientConfig
  url *string #3
  service *ServiceReference #1
  caBundle bytes #2
`,
'apidiscovery.v2': `package io.k8s.api.apidiscovery.v2
group apidiscovery.k8s.io/v2

APIGroupDiscovery kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  versions []APIVersionDiscovery #2

APIGroupDiscoveryList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []APIGroupDiscovery ! #2

APIResourceDiscovery
  resource string ! #1
  responseKind *meta.v1.GroupVersionKind #2
  scope string ! #3
  singularResource string ! #4
  verbs []string ! #5
  shortNames []string #6
  categories []string #7
  subresources []APISubresourceDiscovery #8

APISubresourceDiscovery
  subresource string ! #1
  responseKind *meta.v1.GroupVersionKind #2
  acceptedTypes []meta.v1.GroupVersionKind #3
  verbs []string ! #4

APIVersionDiscovery
  version string ! #1
  resources []APIResourceDiscovery #2
  freshness string #3
`,
'apiextensions.v1': `package io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1
group apiextensions.k8s.io/v1

CustomResourceColumnDefinition
  name string ! #1
  type string ! #2
  format string #3
  description string #4
  priority int32 #5
  jsonPath string ! #6

CustomResourceConversion
  strategy string ! #1
  webhook *WebhookConversion #2

CustomResourceDefinition kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec CustomResourceDefinitionSpec ! #2
  status CustomResourceDefinitionStatus #3

CustomResourceDefinitionCondition
  type string ! #1
  status string ! #2
  lastTransitionTime Time #3
  reason string #4
  message string #5
  observedGeneration int64 #6

CustomResourceDefinitionList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []CustomResourceDefinition ! untyped #2

CustomResourceDefinitionNames
  plural string ! #1
  singular string #2
  shortNames []string #3
  kind string ! #4
  listKind string #5
  categories []string #6

CustomResourceDefinitionSpec
  group string ! #1
  names CustomResourceDefinitionNames ! #3
  scope string ! #4
  versions []CustomResourceDefinitionVersion ! #7
  conversion *CustomResourceConversion #9
  preserveUnknownFields bool #10

CustomResourceDefinitionStatus
  conditions []CustomResourceDefinitionCondition keep map(type) #1
  acceptedNames CustomResourceDefinitionNames #2
  storedVersions []string keep #3
  observedGeneration int64 #4

CustomResourceDefinitionVersion
  name string ! #1
  served bool ! #2
  storage bool ! #3
  deprecated bool #7
  deprecationWarning *string #8
  schema *CustomResourceValidation #4
  subresources *CustomResourceSubresources #5
  additionalPrinterColumns []CustomResourceColumnDefinition #6
  selectableFields []SelectableField #9

CustomResourceSubresourceScale
  specReplicasPath string ! #1
  statusReplicasPath string ! #2
  labelSelectorPath *string #3

CustomResourceSubresourceStatus

CustomResourceSubresources
  status *CustomResourceSubresourceStatus #1
  scale *CustomResourceSubresourceScale #2

CustomResourceValidation
  openAPIV3Schema *JSONSchemaProps #1

ExternalDocumentation
  description string #1
  url string #2

JSON = any
  raw bytes #1

JSONSchemaProps
  id string #1
  \$schema string #2
  \$ref *string #3
  description string #4
  type string #5
  format string #6
  title string #7
  default *JSON #8
  maximum *double #9
  exclusiveMaximum bool #10
  minimum *double #11
  exclusiveMinimum bool #12
  maxLength *int64 #13
  minLength *int64 #14
  pattern string #15
  maxItems *int64 #16
  minItems *int64 #17
  uniqueItems bool #18
  multipleOf *double #19
  enum []JSON #20
  maxProperties *int64 #21
  minProperties *int64 #22
  required []string #23
  items *JSONSchemaPropsOrArray #24
  allOf []JSONSchemaProps #25
  oneOf []JSONSchemaProps #26
  anyOf []JSONSchemaProps #27
  not *JSONSchemaProps #28
  properties {}JSONSchemaProps #29
  additionalProperties *JSONSchemaPropsOrBool #30
  patternProperties {}JSONSchemaProps #31
  dependencies {}JSONSchemaPropsOrStringArray #32
  additionalItems *JSONSchemaPropsOrBool #33
  definitions {}JSONSchemaProps #34
  externalDocs *ExternalDocumentation #35
  example *JSON #36
  nullable bool #37
  x-kubernetes-preserve-unknown-fields *bool #38
  x-kubernetes-embedded-resource bool #39
  x-kubernetes-int-or-string bool #40
  x-kubernetes-list-map-keys []string #41
  x-kubernetes-list-type *string #42
  x-kubernetes-map-type *string #43
  x-kubernetes-validations []ValidationRule merge(rule) #44

JSONSchemaPropsOrArray = either
  schema *JSONSchemaProps #1
  jSONSchemas []JSONSchemaProps #2

JSONSchemaPropsOrBool = either
  allows bool #1
  schema *JSONSchemaProps #2

JSONSchemaPropsOrStringArray = either
  schema *JSONSchemaProps #1
  property []string #2

SelectableField
  jsonPath string ! #1

ServiceReference
  namespace string ! #1
  name string ! #2
  path *string #3
  port *int32 #4

ValidationRule
  rule string ! #1
  message string #2
  messageExpression string #3
  reason *string #4
  fieldPath string #5
  optionalOldSelf *bool #6

WebhookClientConfig
  url *string #3
  service *ServiceReference #1
  caBundle bytes #2

WebhookConversion
  clientConfig *WebhookClientConfig #2
  conversionReviewVersions []string ! #3
`,
'apiregistration.v1': `package io.k8s.kube-aggregator.pkg.apis.apiregistration.v1
group apiregistration.k8s.io/v1

APIService kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec APIServiceSpec #2
  status APIServiceStatus #3

APIServiceCondition
  type string ! #1
  status string ! #2
  lastTransitionTime Time #3
  reason string #4
  message string #5

APIServiceList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []APIService ! untyped #2

APIServiceSpec
  service *ServiceReference #1
  group string #2
  version string #3
  insecureSkipTLSVerify bool #4
  caBundle bytes #5
  groupPriorityMinimum int32 ! #7
  versionPriority int32 ! #8

APIServiceStatus
  conditions []APIServiceCondition merge(type) #1

ServiceReference
  namespace string #1
  name string #2
  port *int32 #3
`,
'apps.v1': `package io.k8s.api.apps.v1
group apps/v1

ControllerRevision kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  data RawExtension #2
  revision int64 ! #3

ControllerRevisionList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []ControllerRevision ! untyped #2

DaemonSet kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec DaemonSetSpec #2
  status DaemonSetStatus #3

DaemonSetCondition
  type string ! #1
  status string ! #2
  lastTransitionTime Time #3
  reason string #4
  message string #5

DaemonSetList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []DaemonSet ! untyped #2

DaemonSetSpec
  selector *meta.v1.LabelSelector ! #1
  template core.v1.PodTemplateSpec ! #2
  updateStrategy DaemonSetUpdateStrategy #3
  minReadySeconds int32 #4
  revisionHistoryLimit *int32 #6

DaemonSetStatus
  currentNumberScheduled int32 ! #1
  numberMisscheduled int32 ! #2
  desiredNumberScheduled int32 ! #3
  numberReady int32 ! #4
  observedGeneration int64 #5
  updatedNumberScheduled int32 #6
  numberAvailable int32 #7
  numberUnavailable int32 #8
  collisionCount *int32 #9
  conditions []DaemonSetCondition merge(type) #10

DaemonSetUpdateStrategy
  type string #1
  rollingUpdate *RollingUpdateDaemonSet #2

Deployment kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec DeploymentSpec #2
  status DeploymentStatus #3

DeploymentCondition
  type string ! #1
  status string ! #2
  lastUpdateTime Time #6
  lastTransitionTime Time #7
  reason string #4
  message string #5

DeploymentList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []Deployment ! untyped #2

DeploymentSpec
  replicas *int32 #1
  selector *meta.v1.LabelSelector ! #2
  template core.v1.PodTemplateSpec ! #3
  strategy DeploymentStrategy retainKeys #4
  minReadySeconds int32 #5
  revisionHistoryLimit *int32 #6
  paused bool #7
  progressDeadlineSeconds *int32 #9

DeploymentStatus
  observedGeneration int64 #1
  replicas int32 #2
  updatedReplicas int32 #3
  readyReplicas int32 #7
  availableReplicas int32 #4
  unavailableReplicas int32 #5
  terminatingReplicas *int32 #9
  conditions []DeploymentCondition merge(type) #6
  collisionCount *int32 #8

DeploymentStrategy
  type string #1
  rollingUpdate *RollingUpdateDeployment #2

ReplicaSet kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec ReplicaSetSpec #2
  status ReplicaSetStatus #3

ReplicaSetCondition
  type string ! #1
  status string ! #2
  lastTransitionTime Time #3
  reason string #4
  message string #5

ReplicaSetList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []ReplicaSet ! untyped #2

ReplicaSetSpec
  replicas *int32 #1
  minReadySeconds int32 #4
  selector *meta.v1.LabelSelector ! #2
  template core.v1.PodTemplateSpec #3

ReplicaSetStatus
  replicas int32 ! #1
  fullyLabeledReplicas int32 #2
  readyReplicas int32 #4
  availableReplicas int32 #5
  terminatingReplicas *int32 #7
  observedGeneration int64 #3
  conditions []ReplicaSetCondition merge(type) #6

RollingUpdateDaemonSet
  maxUnavailable *IntOrString #1
  maxSurge *IntOrString #2

RollingUpdateDeployment
  maxUnavailable *IntOrString #1
  maxSurge *IntOrString #2

RollingUpdateStatefulSetStrategy
  partition *int32 #1
  maxUnavailable *IntOrString #2

StatefulSet kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec StatefulSetSpec #2
  status StatefulSetStatus #3

StatefulSetCondition
  type string ! #1
  status string ! #2
  lastTransitionTime Time #3
  reason string #4
  message string #5

StatefulSetList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []StatefulSet ! untyped #2

StatefulSetOrdinals
  start int32 keep #1

StatefulSetPersistentVolumeClaimRetentionPolicy
  whenDeleted string #1
  whenScaled string #2

StatefulSetSpec
  replicas *int32 #1
  selector *meta.v1.LabelSelector ! #2
  template core.v1.PodTemplateSpec ! #3
  volumeClaimTemplates []core.v1.PersistentVolumeClaim #4
  serviceName string keep #5
  podManagementPolicy string #6
  updateStrategy StatefulSetUpdateStrategy #7
  revisionHistoryLimit *int32 #8
  minReadySeconds int32 #9
  persistentVolumeClaimRetentionPolicy *StatefulSetPersistentVolumeClaimRetentionPolicy #10
  ordinals *StatefulSetOrdinals #11

StatefulSetStatus
  observedGeneration int64 #1
  replicas int32 ! #2
  readyReplicas int32 #3
  currentReplicas int32 #4
  updatedReplicas int32 #5
  currentRevision string #6
  updateRevision string #7
  collisionCount *int32 #9
  conditions []StatefulSetCondition merge(type) #10
  availableReplicas int32 keep #11

StatefulSetUpdateStrategy
  type string #1
  rollingUpdate *RollingUpdateStatefulSetStrategy #2
`,
'authentication.v1': `package io.k8s.api.authentication.v1
group authentication.k8s.io/v1

BoundObjectReference
  kind string #1
  apiVersion string #2
  name string #3
  uid string #4

SelfSubjectReview kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  status SelfSubjectReviewStatus #2

SelfSubjectReviewStatus
  userInfo UserInfo #1

TokenRequest kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec TokenRequestSpec #2
  status TokenRequestStatus #3

TokenRequestSpec
  audiences []string #1
  expirationSeconds *int64 #4
  boundObjectRef *BoundObjectReference #3

TokenRequestStatus
  token string keep #1
  expirationTimestamp Time #2

TokenReview kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec TokenReviewSpec ! #2
  status TokenReviewStatus #3

TokenReviewSpec
  token string ! omit #1
  audiences []string #2

TokenReviewStatus
  authenticated bool #1
  user UserInfo #2
  audiences []string #4
  error string #3

UserInfo
  username string #1
  uid string #2
  groups []string #3
  extra {}()[]string #4
`,
'authorization.v1': `package io.k8s.api.authorization.v1
group authorization.k8s.io/v1

FieldSelectorAttributes
  rawSelector string #1
  requirements []meta.v1.FieldSelectorRequirement #2

LabelSelectorAttributes
  rawSelector string #1
  requirements []meta.v1.LabelSelectorRequirement #2

LocalSubjectAccessReview kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec SubjectAccessReviewSpec ! #2
  status SubjectAccessReviewStatus #3

NonResourceAttributes
  path string #1
  verb string #2

NonResourceRule
  verbs []string ! #1
  nonResourceURLs []string #2

ResourceAttributes
  namespace string #1
  verb string #2
  group string #3
  version string #4
  resource string #5
  subresource string #6
  name string #7
  fieldSelector *FieldSelectorAttributes #8
  labelSelector *LabelSelectorAttributes #9

ResourceRule
  verbs []string ! #1
  apiGroups []string #2
  resources []string #3
  resourceNames []string #4

SelfSubjectAccessReview kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec SelfSubjectAccessReviewSpec ! #2
  status SubjectAccessReviewStatus #3

SelfSubjectAccessReviewSpec
  resourceAttributes *ResourceAttributes #1
  nonResourceAttributes *NonResourceAttributes #2

SelfSubjectRulesReview kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec SelfSubjectRulesReviewSpec ! #2
  status SubjectRulesReviewStatus #3

SelfSubjectRulesReviewSpec
  namespace string #1

SubjectAccessReview kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec SubjectAccessReviewSpec ! #2
  status SubjectAccessReviewStatus #3

SubjectAccessReviewSpec
  resourceAttributes *ResourceAttributes #1
  nonResourceAttributes *NonResourceAttributes #2
  user string #3
  groups []string #4
  extra {}()[]string #5
  uid string #6

SubjectAccessReviewStatus
  allowed bool ! #1
  denied bool #4
  reason string #2
  evaluationError string #3

SubjectRulesReviewStatus
  resourceRules []ResourceRule ! #1
  nonResourceRules []NonResourceRule ! #2
  incomplete bool ! #3
  evaluationError string #4
`,
'autoscaling.v1': `package io.k8s.api.autoscaling.v1
group autoscaling/v1

CrossVersionObjectReference atomic
  kind string ! #1
  name string ! #2
  apiVersion string #3

HorizontalPodAutoscaler kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec HorizontalPodAutoscalerSpec ! #2
  status HorizontalPodAutoscalerStatus #3

HorizontalPodAutoscalerList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []HorizontalPodAutoscaler ! untyped #2

HorizontalPodAutoscalerSpec
  scaleTargetRef CrossVersionObjectReference ! #1
  minReplicas *int32 #2
  maxReplicas int32 ! #3
  targetCPUUtilizationPercentage *int32 #4

HorizontalPodAutoscalerStatus
  observedGeneration *int64 #1
  lastScaleTime *Time #2
  currentReplicas int32 ! #3
  desiredReplicas int32 ! #4
  currentCPUUtilizationPercentage *int32 #5

Scale kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec ScaleSpec #2
  status ScaleStatus #3

ScaleSpec
  replicas int32 =0 #1

ScaleStatus
  replicas int32 ! #1
  selector string #2
`,
'autoscaling.v2': `package io.k8s.api.autoscaling.v2
group autoscaling/v2

ContainerResourceMetricSource
  name string ! #1
  target MetricTarget ! #2
  container string ! #3

ContainerResourceMetricStatus
  name string ! #1
  current MetricValueStatus ! #2
  container string ! #3

CrossVersionObjectReference
  kind string ! #1
  name string ! #2
  apiVersion string #3

ExternalMetricSource
  metric MetricIdentifier ! #1
  target MetricTarget ! #2

ExternalMetricStatus
  metric MetricIdentifier ! #1
  current MetricValueStatus ! #2

HPAScalingPolicy
  type string ! #1
  value int32 ! #2
  periodSeconds int32 ! #3

HPAScalingRules
  stabilizationWindowSeconds *int32 #3
  selectPolicy *string #1
  policies []HPAScalingPolicy #2
  tolerance *Quantity #4

HorizontalPodAutoscaler kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec HorizontalPodAutoscalerSpec ! #2
  status HorizontalPodAutoscalerStatus #3

HorizontalPodAutoscalerBehavior
  scaleUp *HPAScalingRules #1
  scaleDown *HPAScalingRules #2

HorizontalPodAutoscalerCondition
  type string ! #1
  status string ! #2
  lastTransitionTime Time #3
  reason string #4
  message string #5

HorizontalPodAutoscalerList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []HorizontalPodAutoscaler ! untyped #2

HorizontalPodAutoscalerSpec
  scaleTargetRef CrossVersionObjectReference ! #1
  minReplicas *int32 #2
  maxReplicas int32 ! #3
  metrics []MetricSpec #4
  behavior *HorizontalPodAutoscalerBehavior #5

HorizontalPodAutoscalerStatus
  observedGeneration *int64 #1
  lastScaleTime *Time #2
  currentReplicas int32 #3
  desiredReplicas int32 ! #4
  currentMetrics []MetricStatus keep #5
  conditions []HorizontalPodAutoscalerCondition merge(type) #6

MetricIdentifier
  name string ! #1
  selector *meta.v1.LabelSelector #2

MetricSpec
  type string ! #1
  object *ObjectMetricSource #2
  pods *PodsMetricSource #3
  resource *ResourceMetricSource #4
  containerResource *ContainerResourceMetricSource #7
  external *ExternalMetricSource #5

MetricStatus
  type string ! #1
  object *ObjectMetricStatus #2
  pods *PodsMetricStatus #3
  resource *ResourceMetricStatus #4
  containerResource *ContainerResourceMetricStatus #7
  external *ExternalMetricStatus #5

MetricTarget
  type string ! #1
  value *Quantity #2
  averageValue *Quantity #3
  averageUtilization *int32 #4

MetricValueStatus
  value *Quantity #1
  averageValue *Quantity #2
  averageUtilization *int32 #3

ObjectMetricSource
  describedObject CrossVersionObjectReference ! #1
  target MetricTarget ! #2
  metric MetricIdentifier ! #3

ObjectMetricStatus
  metric MetricIdentifier ! #1
  current MetricValueStatus ! #2
  describedObject CrossVersionObjectReference ! #3

PodsMetricSource
  metric MetricIdentifier ! #1
  target MetricTarget ! #2

PodsMetricStatus
  metric MetricIdentifier ! #1
  current MetricValueStatus ! #2

ResourceMetricSource
  name string ! #1
  target MetricTarget ! #2

ResourceMetricStatus
  name string ! #1
  current MetricValueStatus ! #2
`,
'batch.v1': `package io.k8s.api.batch.v1
group batch/v1

CronJob kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec CronJobSpec ! #2
  status CronJobStatus #3

CronJobList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []CronJob ! untyped #2

CronJobSpec
  schedule string ! #1
  timeZone *string #8
  startingDeadlineSeconds *int64 #2
  concurrencyPolicy string #3
  suspend *bool #4
  jobTemplate JobTemplateSpec ! #5
  successfulJobsHistoryLimit *int32 #6
  failedJobsHistoryLimit *int32 #7

CronJobStatus
  active []core.v1.ObjectReference #1
  lastScheduleTime *Time #4
  lastSuccessfulTime *Time #5

Job kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec JobSpec #2
  status JobStatus #3

JobCondition
  type string ! #1
  status string ! #2
  lastProbeTime Time #3
  lastTransitionTime Time #4
  reason string #5
  message string #6

JobList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []Job ! untyped #2

JobSpec
  parallelism *int32 #1
  completions *int32 #2
  activeDeadlineSeconds *int64 #3
  podFailurePolicy *PodFailurePolicy #11
  successPolicy *SuccessPolicy #16
  backoffLimit *int32 #7
  backoffLimitPerIndex *int32 #12
  maxFailedIndexes *int32 #13
  selector *meta.v1.LabelSelector #4
  manualSelector *bool #5
  template core.v1.PodTemplateSpec ! #6
  ttlSecondsAfterFinished *int32 #8
  completionMode *string #9
  suspend *bool #10
  podReplacementPolicy *string #14
  managedBy *string #15

JobStatus
  conditions []JobCondition atomic merge(type) #1
  startTime *Time #2
  completionTime *Time #3
  active int32 #4
  succeeded int32 #5
  failed int32 #6
  terminating *int32 #11
  completedIndexes string #7
  failedIndexes *string #10
  uncountedTerminatedPods *UncountedTerminatedPods #8
  ready *int32 #9

JobTemplateSpec
  metadata meta.v1.ObjectMeta #1
  spec JobSpec #2

PodFailurePolicy
  rules []PodFailurePolicyRule ! #1

PodFailurePolicyOnExitCodesRequirement
  containerName *string #1
  operator string ! #2
  values []int32 ! set #3

PodFailurePolicyOnPodConditionsPattern
  type string ! #1
  status string keep #2

PodFailurePolicyRule
  action string ! #1
  onExitCodes *PodFailurePolicyOnExitCodesRequirement #2
  onPodConditions []PodFailurePolicyOnPodConditionsPattern #3

SuccessPolicy
  rules []SuccessPolicyRule ! #1

SuccessPolicyRule
  succeededIndexes *string #1
  succeededCount *int32 #2

UncountedTerminatedPods
  succeeded []string set #1
  failed []string set #2
`,
'certificates.v1': `package io.k8s.api.certificates.v1
group certificates.k8s.io/v1

CertificateSigningRequest kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec CertificateSigningRequestSpec ! #2
  status CertificateSigningRequestStatus #3

CertificateSigningRequestCondition
  type string ! #1
  status string ! #6
  reason string #2
  message string #3
  lastUpdateTime Time #4
  lastTransitionTime Time #5

CertificateSigningRequestList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []CertificateSigningRequest ! untyped #2

CertificateSigningRequestSpec
  request bytes ! #1
  signerName string ! #7
  expirationSeconds *int32 #8
  usages []string #5
  username string #2
  uid string #3
  groups []string #4
  extra {}()[]string #6

CertificateSigningRequestStatus
  conditions []CertificateSigningRequestCondition map(type) #1
  certificate bytes #2
`,
'coordination.v1': `package io.k8s.api.coordination.v1
group coordination.k8s.io/v1

Lease kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec LeaseSpec #2

LeaseList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []Lease ! untyped #2

LeaseSpec
  holderIdentity *string #1
  leaseDurationSeconds *int32 #2
  acquireTime *MicroTime #3
  renewTime *MicroTime #4
  leaseTransitions *int32 #5
  strategy *string #6
  preferredHolder *string #7
`,
'core.v1': `package io.k8s.api.core.v1
group v1

AWSElasticBlockStoreVolumeSource
  volumeID string ! #1
  fsType string #2
  partition int32 #3
  readOnly bool #4

Affinity
  nodeAffinity *NodeAffinity #1
  podAffinity *PodAffinity #2
  podAntiAffinity *PodAntiAffinity #3

AppArmorProfile union(type:localhostProfile)
  type string ! #1
  localhostProfile *string #2

AttachedVolume
  name string ! #1
  devicePath string ! #2

AzureDiskVolumeSource
  diskName string ! #1
  diskURI string ! #2
  cachingMode *string ="ReadWrite" #3
  fsType *string ="ext4" #4
  readOnly *bool =false #5
  kind *string ="Shared" #6

AzureFilePersistentVolumeSource
  secretName string ! #1
  shareName string ! #2
  readOnly bool #3
  secretNamespace *string #4

AzureFileVolumeSource
  secretName string ! #1
  shareName string ! #2
  readOnly bool #3

Binding kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  target ObjectReference ! #2

CSIPersistentVolumeSource
  driver string ! #1
  volumeHandle string ! #2
  readOnly bool #3
  fsType string #4
  volumeAttributes {}string #5
  controllerPublishSecretRef *SecretReference #6
  nodeStageSecretRef *SecretReference #7
  nodePublishSecretRef *SecretReference #8
  controllerExpandSecretRef *SecretReference #9
  nodeExpandSecretRef *SecretReference #10

CSIVolumeSource
  driver string ! #1
  readOnly *bool #2
  fsType *string #3
  volumeAttributes {}string #4
  nodePublishSecretRef *LocalObjectReference #5

Capabilities
  add []string #1
  drop []string #2

CephFSPersistentVolumeSource
  monitors []string ! #1
  path string #2
  user string #3
  secretFile string #4
  secretRef *SecretReference #5
  readOnly bool #6

CephFSVolumeSource
  monitors []string ! #1
  path string #2
  user string #3
  secretFile string #4
  secretRef *LocalObjectReference #5
  readOnly bool #6

CinderPersistentVolumeSource
  volumeID string ! #1
  fsType string #2
  readOnly bool #3
  secretRef *SecretReference #4

CinderVolumeSource
  volumeID string ! #1
  fsType string #2
  readOnly bool #3
  secretRef *LocalObjectReference #4

ClientIPConfig
  timeoutSeconds *int32 #1

ClusterTrustBundleProjection
  name *string #1
  signerName *string #2
  labelSelector *meta.v1.LabelSelector #3
  optional *bool #5
  path string ! #4

ComponentCondition
  type string ! #1
  status string ! #2
  message string #3
  error string #4

ComponentStatus kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  conditions []ComponentCondition merge(type) #2

ComponentStatusList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []ComponentStatus ! untyped #2

ConfigMap kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  immutable *bool #4
  data {}string #2
  binaryData {}bytes #3

ConfigMapEnvSource
  localObjectReference LocalObjectReference inline #1
  optional *bool #2

ConfigMapKeySelector atomic
  localObjectReference LocalObjectReference inline #1
  key string ! #2
  optional *bool #3

ConfigMapList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []ConfigMap ! untyped #2

ConfigMapNodeConfigSource
  namespace string ! #1
  name string ! #2
  uid string #3
  resourceVersion string #4
  kubeletConfigKey string ! #5

ConfigMapProjection
  localObjectReference LocalObjectReference inline #1
  items []KeyToPath #2
  optional *bool #4

ConfigMapVolumeSource
  localObjectReference LocalObjectReference inline #1
  items []KeyToPath #2
  defaultMode *int32 #3
  optional *bool #4

Container
  name string ! #1
  image string #2
  command []string #3
  args []string #4
  workingDir string #5
  ports []ContainerPort map(containerPort,protocol) merge(containerPort) #6
  envFrom []EnvFromSource #19
  env []EnvVar merge(name) #7
  resources ResourceRequirements #8
  resizePolicy []ContainerResizePolicy #23
  restartPolicy *string #24
  restartPolicyRules []ContainerRestartRule #25
  volumeMounts []VolumeMount merge(mountPath) #9
  volumeDevices []VolumeDevice merge(devicePath) #21
  livenessProbe *Probe #10
  readinessProbe *Probe #11
  startupProbe *Probe #22
  lifecycle *Lifecycle #12
  terminationMessagePath string #13
  terminationMessagePolicy string #20
  imagePullPolicy string #14
  securityContext *SecurityContext #15
  stdin bool #16
  stdinOnce bool #17
  tty bool #18

ContainerExtendedResourceRequest
  containerName string ! #1
  resourceName string ! #2
  requestName string ! #3

ContainerImage
  names []string #1
  sizeBytes int64 #2

ContainerPort
  name string #1
  hostPort int32 #2
  containerPort int32 ! #3
  protocol string ="TCP" #4
  hostIP string #5

ContainerResizePolicy
  resourceName string ! #1
  restartPolicy string ! #2

ContainerRestartRule
  action string ! omit #1
  exitCodes *ContainerRestartRuleOnExitCodes #2

ContainerRestartRuleOnExitCodes
  operator string ! omit #1
  values []int32 set #2

ContainerState
  waiting *ContainerStateWaiting #1
  running *ContainerStateRunning #2
  terminated *ContainerStateTerminated #3

ContainerStateRunning
  startedAt Time #1

ContainerStateTerminated
  exitCode int32 ! #1
  signal int32 #2
  reason string #3
  message string #4
  startedAt Time #5
  finishedAt Time #6
  containerID string #7

ContainerStateWaiting
  reason string #1
  message string #2

ContainerStatus
  name string ! #1
  state ContainerState #2
  lastState ContainerState #3
  ready bool ! #4
  restartCount int32 ! #5
  image string ! #6
  imageID string ! #7
  containerID string #8
  started *bool #9
  allocatedResources {}Quantity #10
  resources *ResourceRequirements #11
  volumeMounts []VolumeMountStatus merge(mountPath) #12
  user *ContainerUser #13
  allocatedResourcesStatus []ResourceStatus merge(name) #14
  stopSignal *string #15

ContainerUser
  linux *LinuxContainerUser #1

DaemonEndpoint
  Port int32 ! #1

DownwardAPIProjection
  items []DownwardAPIVolumeFile #1

DownwardAPIVolumeFile
  path string ! #1
  fieldRef *ObjectFieldSelector #2
  resourceFieldRef *ResourceFieldSelector #3
  mode *int32 #4

DownwardAPIVolumeSource
  items []DownwardAPIVolumeFile #1
  defaultMode *int32 #2

EmptyDirVolumeSource
  medium string #1
  sizeLimit *Quantity #2

EndpointAddress atomic
  ip string ! #1
  hostname string #3
  nodeName *string #4
  targetRef *ObjectReference #2

EndpointPort atomic
  name string #1
  port int32 ! #2
  protocol string #3
  appProtocol *string #4

EndpointSubset
  addresses []EndpointAddress #1
  notReadyAddresses []EndpointAddress #2
  ports []EndpointPort #3

Endpoints kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  subsets []EndpointSubset #2

EndpointsList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []Endpoints ! untyped #2

EnvFromSource
  prefix string #1
  configMapRef *ConfigMapEnvSource #2
  secretRef *SecretEnvSource #3

EnvVar
  name string ! #1
  value string #2
  valueFrom *EnvVarSource #3

EnvVarSource
  fieldRef *ObjectFieldSelector #1
  resourceFieldRef *ResourceFieldSelector #2
  configMapKeyRef *ConfigMapKeySelector #3
  secretKeyRef *SecretKeySelector #4
  fileKeyRef *FileKeySelector #5

EphemeralContainer
  ephemeralContainerCommon EphemeralContainerCommon inline #1
  targetContainerName string #2

EphemeralContainerCommon
  name string ! #1
  image string #2
  command []string #3
  args []string #4
  workingDir string #5
  ports []ContainerPort map(containerPort,protocol) merge(containerPort) #6
  envFrom []EnvFromSource #19
  env []EnvVar merge(name) #7
  resources ResourceRequirements #8
  resizePolicy []ContainerResizePolicy #23
  restartPolicy *string #24
  restartPolicyRules []ContainerRestartRule #25
  volumeMounts []VolumeMount merge(mountPath) #9
  volumeDevices []VolumeDevice merge(devicePath) #21
  livenessProbe *Probe #10
  readinessProbe *Probe #11
  startupProbe *Probe #22
  lifecycle *Lifecycle #12
  terminationMessagePath string #13
  terminationMessagePolicy string #20
  imagePullPolicy string #14
  securityContext *SecurityContext #15
  stdin bool #16
  stdinOnce bool #17
  tty bool #18

EphemeralVolumeSource
  volumeClaimTemplate *PersistentVolumeClaimTemplate #1

Event kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta ! #1
  involvedObject ObjectReference ! #2
  reason string #3
  message string #4
  source EventSource #5
  firstTimestamp Time #6
  lastTimestamp Time #7
  count int32 #8
  type string #9
  eventTime MicroTime #10
  series *EventSeries #11
  action string #12
  related *ObjectReference #13
  reportingComponent string keep #14
  reportingInstance string keep #15

EventList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []Event ! untyped #2

EventSeries
  count int32 #1
  lastObservedTime MicroTime #2

EventSource
  component string #1
  host string #2

ExecAction
  command []string #1

FCVolumeSource
  targetWWNs []string #1
  lun *int32 #2
  fsType string #3
  readOnly bool #4
  wwids []string #5

FileKeySelector atomic
  volumeName string ! #1
  path string ! #2
  key string ! #3
  optional *bool =false #4

FlexPersistentVolumeSource
  driver string ! #1
  fsType string #2
  secretRef *SecretReference #3
  readOnly bool #4
  options {}string #5

FlexVolumeSource
  driver string ! #1
  fsType string #2
  secretRef *LocalObjectReference #3
  readOnly bool #4
  options {}string #5

FlockerVolumeSource
  datasetName string #1
  datasetUUID string #2

GCEPersistentDiskVolumeSource
  pdName string ! #1
  fsType string #2
  partition int32 #3
  readOnly bool #4

GRPCAction
  port int32 ! #1
  service *string ="" #2

GitRepoVolumeSource
  repository string ! #1
  revision string #2
  directory string #3

GlusterfsPersistentVolumeSource
  endpoints string ! #1
  path string ! #2
  readOnly bool #3
  endpointsNamespace *string #4

GlusterfsVolumeSource
  endpoints string ! #1
  path string ! #2
  readOnly bool #3

HTTPGetAction
  path string #1
  port IntOrString ! #2
  host string #3
  scheme string #4
  httpHeaders []HTTPHeader #5

HTTPHeader
  name string ! #1
  value string ! #2

HostAlias
  ip string ! #1
  hostnames []string #2

HostIP
  ip string ! #1

HostPathVolumeSource
  path string ! #1
  type *string #2

ISCSIPersistentVolumeSource
  targetPortal string ! #1
  iqn string ! #2
  lun int32 ! #3
  iscsiInterface string ="default" #4
  fsType string #5
  readOnly bool #6
  portals []string #7
  chapAuthDiscovery bool #8
  chapAuthSession bool #11
  secretRef *SecretReference #10
  initiatorName *string #12

ISCSIVolumeSource
  targetPortal string ! #1
  iqn string ! #2
  lun int32 ! #3
  iscsiInterface string ="default" #4
  fsType string #5
  readOnly bool #6
  portals []string #7
  chapAuthDiscovery bool #8
  chapAuthSession bool #11
  secretRef *LocalObjectReference #10
  initiatorName *string #12

ImageVolumeSource
  reference string #1
  pullPolicy string #2

ImageVolumeStatus
  imageRef string ! omit #1

KeyToPath
  key string ! #1
  path string ! #2
  mode *int32 #3

Lifecycle
  postStart *LifecycleHandler #1
  preStop *LifecycleHandler #2
  stopSignal *string #3

LifecycleHandler
  exec *ExecAction #1
  httpGet *HTTPGetAction #2
  tcpSocket *TCPSocketAction #3
  sleep *SleepAction #4

LimitRange kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec LimitRangeSpec #2

LimitRangeItem
  type string ! #1
  max {}Quantity #2
  min {}Quantity #3
  default {}Quantity #4
  defaultRequest {}Quantity #5
  maxLimitRequestRatio {}Quantity #6

LimitRangeList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []LimitRange ! untyped #2

LimitRangeSpec
  limits []LimitRangeItem ! #1

LinuxContainerUser
  uid int64 ! #1
  gid int64 ! #2
  supplementalGroups []int64 #3

LoadBalancerIngress
  ip string #1
  hostname string #2
  ipMode *string #3
  ports []PortStatus #4

LoadBalancerStatus
  ingress []LoadBalancerIngress #1

LocalObjectReference atomic
  name string ="" #1

LocalVolumeSource
  path string ! #1
  fsType *string #2

ModifyVolumeStatus
  targetVolumeAttributesClassName string #1
  status string ! #2

NFSVolumeSource
  server string ! #1
  path string ! #2
  readOnly bool #3

Namespace kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec NamespaceSpec #2
  status NamespaceStatus #3

NamespaceCondition
  type string ! #1
  status string ! #2
  lastTransitionTime Time #4
  reason string #5
  message string #6

NamespaceList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []Namespace ! untyped #2

NamespaceSpec
  finalizers []string #1

NamespaceStatus
  phase string #1
  conditions []NamespaceCondition merge(type) #2

Node kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec NodeSpec #2
  status NodeStatus #3

NodeAddress
  type string ! #1
  address string ! #2

NodeAffinity
  requiredDuringSchedulingIgnoredDuringExecution *NodeSelector #1
  preferredDuringSchedulingIgnoredDuringExecution []PreferredSchedulingTerm #2

NodeAllocatableResourceClaimStatus
  resourceClaimName string ! #1
  containers []string set #2
  resources {}Quantity ! #3

NodeCondition
  type string ! #1
  status string ! #2
  lastHeartbeatTime Time #3
  lastTransitionTime Time #4
  reason string #5
  message string #6

NodeConfigSource
  configMap *ConfigMapNodeConfigSource #2

NodeConfigStatus
  assigned *NodeConfigSource #1
  active *NodeConfigSource #2
  lastKnownGood *NodeConfigSource #3
  error string #4

NodeDaemonEndpoints
  kubeletEndpoint DaemonEndpoint #1

NodeFeatures
  supplementalGroupsPolicy *bool #1

NodeList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []Node ! untyped #2

NodeProxyOptions kind
  kind string
  apiVersion string
  path string #1

NodeRuntimeHandler
  name string ="" #1
  features *NodeRuntimeHandlerFeatures #2

NodeRuntimeHandlerFeatures
  recursiveReadOnlyMounts *bool #1
  userNamespaces *bool #2

NodeSelector atomic
  nodeSelectorTerms []NodeSelectorTerm ! #1

NodeSelectorRequirement
  key string ! #1
  operator string ! #2
  values []string #3

NodeSelectorTerm atomic
  matchExpressions []NodeSelectorRequirement #1
  matchFields []NodeSelectorRequirement #2

NodeSpec
  podCIDR string #1
  podCIDRs []string merge #7
  providerID string #3
  unschedulable bool #4
  taints []Taint #5
  configSource *NodeConfigSource #6
  externalID string #2

NodeStatus
  capacity {}Quantity #1
  allocatable {}Quantity #2
  phase string #3
  conditions []NodeCondition merge(type) #4
  addresses []NodeAddress merge(type) #5
  daemonEndpoints NodeDaemonEndpoints #6
  nodeInfo NodeSystemInfo #7
  images []ContainerImage #8
  volumesInUse []string #9
  volumesAttached []AttachedVolume #10
  config *NodeConfigStatus #11
  runtimeHandlers []NodeRuntimeHandler #12
  features *NodeFeatures #13
  declaredFeatures []string #14

NodeSwapStatus
  capacity *int64 #1

NodeSystemInfo
  machineID string ! #1
  systemUUID string ! #2
  bootID string ! #3
  kernelVersion string ! #4
  osImage string ! #5
  containerRuntimeVersion string ! #6
  kubeletVersion string ! #7
  kubeProxyVersion string ! #8
  operatingSystem string ! #9
  architecture string ! #10
  swap *NodeSwapStatus #11

ObjectFieldSelector atomic
  apiVersion string #1
  fieldPath string ! #2

ObjectReference atomic
  kind string #1
  namespace string #2
  name string #3
  uid string #4
  apiVersion string #5
  resourceVersion string #6
  fieldPath string #7

PersistentVolume kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec PersistentVolumeSpec #2
  status PersistentVolumeStatus #3

PersistentVolumeClaim kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec PersistentVolumeClaimSpec #2
  status PersistentVolumeClaimStatus #3

PersistentVolumeClaimCondition
  type string ! #1
  status string ! #2
  lastProbeTime Time #3
  lastTransitionTime Time #4
  reason string #5
  message string #6

PersistentVolumeClaimList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []PersistentVolumeClaim ! untyped #2

PersistentVolumeClaimSpec
  accessModes []string #1
  selector *meta.v1.LabelSelector #4
  resources VolumeResourceRequirements #2
  volumeName string #3
  storageClassName *string #5
  volumeMode *string #6
  dataSource *TypedLocalObjectReference #7
  dataSourceRef *TypedObjectReference #8
  volumeAttributesClassName *string #9

PersistentVolumeClaimStatus
  phase string #1
  accessModes []string #2
  capacity {}Quantity #3
  conditions []PersistentVolumeClaimCondition merge(type) #4
  allocatedResources {}Quantity #5
  allocatedResourceStatuses {}string granular #7
  currentVolumeAttributesClassName *string #8
  modifyVolumeStatus *ModifyVolumeStatus #9

PersistentVolumeClaimTemplate
  metadata meta.v1.ObjectMeta #1
  spec PersistentVolumeClaimSpec ! #2

PersistentVolumeClaimVolumeSource
  claimName string ! #1
  readOnly bool #2

PersistentVolumeList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []PersistentVolume ! untyped #2

PersistentVolumeSource
  gcePersistentDisk *GCEPersistentDiskVolumeSource #1
  awsElasticBlockStore *AWSElasticBlockStoreVolumeSource #2
  hostPath *HostPathVolumeSource #3
  glusterfs *GlusterfsPersistentVolumeSource #4
  nfs *NFSVolumeSource #5
  rbd *RBDPersistentVolumeSource #6
  iscsi *ISCSIPersistentVolumeSource #7
  cinder *CinderPersistentVolumeSource #8
  cephfs *CephFSPersistentVolumeSource #9
  fc *FCVolumeSource #10
  flocker *FlockerVolumeSource #11
  flexVolume *FlexPersistentVolumeSource #12
  azureFile *AzureFilePersistentVolumeSource #13
  vsphereVolume *VsphereVirtualDiskVolumeSource #14
  quobyte *QuobyteVolumeSource #15
  azureDisk *AzureDiskVolumeSource #16
  photonPersistentDisk *PhotonPersistentDiskVolumeSource #17
  portworxVolume *PortworxVolumeSource #18
  scaleIO *ScaleIOPersistentVolumeSource #19
  local *LocalVolumeSource #20
  storageos *StorageOSPersistentVolumeSource #21
  csi *CSIPersistentVolumeSource #22

PersistentVolumeSpec
  capacity {}Quantity #1
  persistentVolumeSource PersistentVolumeSource inline #2
  accessModes []string #3
  claimRef *ObjectReference granular #4
  persistentVolumeReclaimPolicy string #5
  storageClassName string #6
  mountOptions []string #7
  volumeMode *string #8
  nodeAffinity *VolumeNodeAffinity #9
  volumeAttributesClassName *string #10

PersistentVolumeStatus
  phase string #1
  message string #2
  reason string #3
  lastPhaseTransitionTime *Time #4

PhotonPersistentDiskVolumeSource
  pdID string ! #1
  fsType string #2

Pod kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec PodSpec #2
  status PodStatus #3

PodAffinity
  requiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm #1
  preferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm #2

PodAffinityTerm
  labelSelector *meta.v1.LabelSelector #1
  namespaces []string #2
  topologyKey string ! #3
  namespaceSelector *meta.v1.LabelSelector #4
  matchLabelKeys []string #5
  mismatchLabelKeys []string #6

PodAntiAffinity
  requiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm #1
  preferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm #2

PodAttachOptions kind
  kind string
  apiVersion string
  stdin bool #1
  stdout bool #2
  stderr bool #3
  tty bool #4
  container string #5

PodCertificateProjection
  signerName string ! omit #1
  keyType string ! omit #2
  maxExpirationSeconds *int32 #3
  credentialBundlePath string #4
  keyPath string #5
  certificateChainPath string #6
  userAnnotations {}string #7

PodCondition
  type string ! #1
  observedGeneration int64 #7
  status string ! #2
  lastProbeTime Time #3
  lastTransitionTime Time #4
  reason string #5
  message string #6

PodDNSConfig
  nameservers []string #1
  searches []string #2
  options []PodDNSConfigOption #3

PodDNSConfigOption
  name string #1
  value *string #2

PodExecOptions kind
  kind string
  apiVersion string
  stdin bool #1
  stdout bool #2
  stderr bool #3
  tty bool #4
  container string #5
  command []string #6

PodExtendedResourceClaimStatus
  requestMappings []ContainerExtendedResourceRequest ! #1
  resourceClaimName string ! #2

PodIP
  ip string ! #1

PodList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []Pod ! untyped #2

PodLogOptions kind
  kind string
  apiVersion string
  container string #1
  follow bool #2
  previous bool #3
  sinceSeconds *int64 #4
  sinceTime *Time #5
  timestamps bool #6
  tailLines *int64 #7
  limitBytes *int64 #8
  insecureSkipTLSVerifyBackend bool #9
  stream *string #10

PodOS
  name string ! #1

PodPortForwardOptions kind
  kind string
  apiVersion string
  ports []int32 #1

PodProxyOptions kind
  kind string
  apiVersion string
  path string #1

PodReadinessGate
  conditionType string ! #1

PodResourceClaim
  name string ! #1
  resourceClaimName *string #3
  resourceClaimTemplateName *string #4

PodResourceClaimStatus
  name string ! #1
  resourceClaimName *string #2

PodSchedulingGate
  name string ! #1

PodSchedulingGroup union(:podGroupName)
  podGroupName *string #1

PodSecurityContext
  seLinuxOptions *SELinuxOptions #1
  windowsOptions *WindowsSecurityContextOptions #8
  runAsUser *int64 #2
  runAsGroup *int64 #6
  runAsNonRoot *bool #3
  supplementalGroups []int64 #4
  supplementalGroupsPolicy *string #12
  fsGroup *int64 #5
  sysctls []Sysctl #7
  fsGroupChangePolicy *string #9
  seccompProfile *SeccompProfile #10
  appArmorProfile *AppArmorProfile #11
  seLinuxChangePolicy *string #13

PodSpec
  volumes []Volume merge(name) retainKeys #1
  initContainers []Container merge(name) #20
  containers []Container ! merge(name) #2
  ephemeralContainers []EphemeralContainer merge(name) #34
  restartPolicy string #3
  terminationGracePeriodSeconds *int64 #4
  activeDeadlineSeconds *int64 #5
  dnsPolicy string #6
  nodeSelector {}string atomic #7
  serviceAccountName string #8
  serviceAccount string #9
  automountServiceAccountToken *bool #21
  nodeName string #10
  hostNetwork bool #11
  hostPID bool #12
  hostIPC bool #13
  shareProcessNamespace *bool #27
  securityContext *PodSecurityContext #14
  imagePullSecrets []LocalObjectReference merge(name) #15
  hostname string #16
  subdomain string #17
  affinity *Affinity #18
  schedulerName string #19
  tolerations []Toleration #22
  hostAliases []HostAlias merge(ip) #23
  priorityClassName string #24
  priority *int32 #25
  dnsConfig *PodDNSConfig #26
  readinessGates []PodReadinessGate #28
  runtimeClassName *string #29
  enableServiceLinks *bool #30
  preemptionPolicy *string #31
  overhead {}Quantity #32
  topologySpreadConstraints []TopologySpreadConstraint map(topologyKey,whenUnsatisfiable) merge(topologyKey) #33
  setHostnameAsFQDN *bool #35
  os *PodOS #36
  hostUsers *bool #37
  schedulingGates []PodSchedulingGate merge(name) #38
  resourceClaims []PodResourceClaim merge(name) retainKeys #39
  resources *ResourceRequirements #40
  hostnameOverride *string #41
  schedulingGroup *PodSchedulingGroup #43

PodStatus
  observedGeneration int64 #17
  phase string #1
  conditions []PodCondition merge(type) #2
  message string #3
  reason string #4
  nominatedNodeName string #11
  hostIP string #5
  hostIPs []HostIP atomic merge(ip) #16
  podIP string #6
  podIPs []PodIP merge(ip) #12
  startTime *Time #7
  initContainerStatuses []ContainerStatus #10
  containerStatuses []ContainerStatus #8
  qosClass string #9
  ephemeralContainerStatuses []ContainerStatus #13
  resize string #14
  resourceClaimStatuses []PodResourceClaimStatus merge(name) retainKeys #15
  extendedResourceClaimStatus *PodExtendedResourceClaimStatus #18
  allocatedResources {}Quantity #19
  resources *ResourceRequirements #20
  nodeAllocatableResourceClaimStatuses []NodeAllocatableResourceClaimStatus #21

PodStatusResult kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  status PodStatus #2

PodTemplate kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  template PodTemplateSpec #2

PodTemplateList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []PodTemplate ! untyped #2

PodTemplateSpec
  metadata meta.v1.ObjectMeta #1
  spec PodSpec #2

PortStatus
  port int32 ! #1
  protocol string ! #2
  error *string #3

PortworxVolumeSource
  volumeID string ! #1
  fsType string #2
  readOnly bool #3

PreferredSchedulingTerm
  weight int32 ! #1
  preference NodeSelectorTerm ! #2

Probe
  handler ProbeHandler inline #1
  initialDelaySeconds int32 #2
  timeoutSeconds int32 #3
  periodSeconds int32 #4
  successThreshold int32 #5
  failureThreshold int32 #6
  terminationGracePeriodSeconds *int64 #7

ProbeHandler
  exec *ExecAction #1
  httpGet *HTTPGetAction #2
  tcpSocket *TCPSocketAction #3
  grpc *GRPCAction #4

ProjectedVolumeSource
  sources []VolumeProjection keep #1
  defaultMode *int32 #2

QuobyteVolumeSource
  registry string ! #1
  volume string ! #2
  readOnly bool #3
  user string #4
  group string #5
  tenant string #6

RBDPersistentVolumeSource
  monitors []string ! #1
  image string ! #2
  fsType string #3
  pool string ="rbd" #4
  user string ="admin" #5
  keyring string ="/etc/ceph/keyring" #6
  secretRef *SecretReference #7
  readOnly bool #8

RBDVolumeSource
  monitors []string ! #1
  image string ! #2
  fsType string #3
  pool string ="rbd" #4
  user string ="admin" #5
  keyring string ="/etc/ceph/keyring" #6
  secretRef *LocalObjectReference #7
  readOnly bool #8

RangeAllocation kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  range string ! #2
  data bytes ! #3

ReplicationController kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec ReplicationControllerSpec #2
  status ReplicationControllerStatus #3

ReplicationControllerCondition
  type string ! #1
  status string ! #2
  lastTransitionTime Time #3
  reason string #4
  message string #5

ReplicationControllerList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []ReplicationController ! untyped #2

ReplicationControllerSpec
  replicas *int32 =1 #1
  minReadySeconds int32 =0 #4
  selector {}string atomic #2
  template *PodTemplateSpec #3

ReplicationControllerStatus
  replicas int32 ! #1
  fullyLabeledReplicas int32 #2
  readyReplicas int32 #4
  availableReplicas int32 #5
  observedGeneration int64 #3
  conditions []ReplicationControllerCondition merge(type) #6

ResourceClaim
  name string ! #1
  request string #2

ResourceFieldSelector atomic
  containerName string #1
  resource string ! #2
  divisor Quantity #3

ResourceHealth
  resourceID string ! #1
  health string #2
  message *string #6

ResourceQuota kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec ResourceQuotaSpec #2
  status ResourceQuotaStatus #3

ResourceQuotaList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []ResourceQuota ! untyped #2

ResourceQuotaSpec
  hard {}Quantity #1
  scopes []string #2
  scopeSelector *ScopeSelector #3

ResourceQuotaStatus
  hard {}Quantity #1
  used {}Quantity #2

ResourceRequirements
  limits {}Quantity #1
  requests {}Quantity #2
  claims []ResourceClaim map(name) #3

ResourceStatus
  name string ! #1
  resources []ResourceHealth map(resourceID) #2

SELinuxOptions
  user string #1
  role string #2
  type string #3
  level string #4

ScaleIOPersistentVolumeSource
  gateway string ! #1
  system string ! #2
  secretRef *SecretReference ! #3
  sslEnabled bool #4
  protectionDomain string #5
  storagePool string #6
  storageMode string ="ThinProvisioned" #7
  volumeName string #8
  fsType string ="xfs" #9
  readOnly bool #10

ScaleIOVolumeSource
  gateway string ! #1
  system string ! #2
  secretRef *LocalObjectReference ! #3
  sslEnabled bool #4
  protectionDomain string #5
  storagePool string #6
  storageMode string ="ThinProvisioned" #7
  volumeName string #8
  fsType string ="xfs" #9
  readOnly bool #10

ScopeSelector atomic
  matchExpressions []ScopedResourceSelectorRequirement #1

ScopedResourceSelectorRequirement
  scopeName string ! #1
  operator string ! #2
  values []string #3

SeccompProfile union(type:localhostProfile)
  type string ! #1
  localhostProfile *string #2

Secret kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  immutable *bool #5
  data {}bytes #2
  stringData {}string #4
  type string #3

SecretEnvSource
  localObjectReference LocalObjectReference inline #1
  optional *bool #2

SecretKeySelector atomic
  localObjectReference LocalObjectReference inline #1
  key string ! #2
  optional *bool #3

SecretList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []Secret ! untyped #2

SecretProjection
  localObjectReference LocalObjectReference inline #1
  items []KeyToPath #2
  optional *bool #4

SecretReference atomic
  name string #1
  namespace string #2

SecretVolumeSource
  secretName string #1
  items []KeyToPath #2
  defaultMode *int32 #3
  optional *bool #4

SecurityContext
  capabilities *Capabilities #1
  privileged *bool #2
  seLinuxOptions *SELinuxOptions #3
  windowsOptions *WindowsSecurityContextOptions #10
  runAsUser *int64 #4
  runAsGroup *int64 #8
  runAsNonRoot *bool #5
  readOnlyRootFilesystem *bool #6
  allowPrivilegeEscalation *bool #7
  procMount *string #9
  seccompProfile *SeccompProfile #11
  appArmorProfile *AppArmorProfile #12

SerializedReference kind
  kind string
  apiVersion string
  reference ObjectReference #1

Service kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec ServiceSpec #2
  status ServiceStatus #3

ServiceAccount kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  secrets []ObjectReference merge(name) #2
  imagePullSecrets []LocalObjectReference #3
  automountServiceAccountToken *bool #4

ServiceAccountList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []ServiceAccount ! untyped #2

ServiceAccountTokenProjection
  audience string #1
  expirationSeconds *int64 #2
  path string ! #3

ServiceList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []Service ! untyped #2

ServicePort
  name string #1
  protocol string ="TCP" #2
  appProtocol *string #6
  port int32 ! #3
  targetPort IntOrString #4
  nodePort int32 #5

ServiceProxyOptions kind
  kind string
  apiVersion string
  path string #1

ServiceSpec
  ports []ServicePort map(port,protocol) merge(port) #1
  selector {}string atomic #2
  clusterIP string #3
  clusterIPs []string #18
  type string #4
  externalIPs []string #5
  sessionAffinity string #7
  loadBalancerIP string #8
  loadBalancerSourceRanges []string #9
  externalName string #10
  externalTrafficPolicy string #11
  healthCheckNodePort int32 #12
  publishNotReadyAddresses bool #13
  sessionAffinityConfig *SessionAffinityConfig #14
  ipFamilies []string #19
  ipFamilyPolicy *string #17
  allocateLoadBalancerNodePorts *bool #20
  loadBalancerClass *string #21
  internalTrafficPolicy *string #22
  trafficDistribution *string #23

ServiceStatus
  loadBalancer LoadBalancerStatus #1
  conditions []meta.v1.Condition merge(type) #2

SessionAffinityConfig
  clientIP *ClientIPConfig #1

SleepAction
  seconds int64 ! #1

StorageOSPersistentVolumeSource
  volumeName string #1
  volumeNamespace string #2
  fsType string #3
  readOnly bool #4
  secretRef *ObjectReference #5

StorageOSVolumeSource
  volumeName string #1
  volumeNamespace string #2
  fsType string #3
  readOnly bool #4
  secretRef *LocalObjectReference #5

Sysctl
  name string ! #1
  value string ! #2

TCPSocketAction
  port IntOrString ! #1
  host string #2

Taint
  key string ! #1
  value string #2
  effect string ! #3
  timeAdded *Time #4

Toleration
  key string #1
  operator string #2
  value string #3
  effect string #4
  tolerationSeconds *int64 #5

TopologySelectorLabelRequirement
  key string ! #1
  values []string ! #2

TopologySelectorTerm atomic
  matchLabelExpressions []TopologySelectorLabelRequirement #1

TopologySpreadConstraint
  maxSkew int32 ! #1
  topologyKey string ! #2
  whenUnsatisfiable string ! #3
  labelSelector *meta.v1.LabelSelector #4
  minDomains *int32 #5
  nodeAffinityPolicy *string #6
  nodeTaintsPolicy *string #7
  matchLabelKeys []string #8

TypedLocalObjectReference atomic
  apiGroup *string keep #1
  kind string ! #2
  name string ! #3

TypedObjectReference
  apiGroup *string keep #1
  kind string ! #2
  name string ! #3
  namespace *string #4

Volume
  name string ! #1
  volumeSource VolumeSource inline #2

VolumeDevice
  name string ! #1
  devicePath string ! #2

VolumeMount
  name string ! #1
  readOnly bool #2
  recursiveReadOnly *string #7
  mountPath string ! #3
  subPath string #4
  mountPropagation *string #5
  subPathExpr string #6

VolumeMountStatus
  name string ! #1
  mountPath string ! #2
  readOnly bool #3
  recursiveReadOnly *string #4
  volumeStatus *VolumeStatus #5

VolumeNodeAffinity
  required *NodeSelector #1

VolumeProjection
  secret *SecretProjection #1
  downwardAPI *DownwardAPIProjection #2
  configMap *ConfigMapProjection #3
  serviceAccountToken *ServiceAccountTokenProjection #4
  clusterTrustBundle *ClusterTrustBundleProjection #5
  podCertificate *PodCertificateProjection #6

VolumeResourceRequirements
  limits {}Quantity #1
  requests {}Quantity #2

VolumeSource
  hostPath *HostPathVolumeSource #1
  emptyDir *EmptyDirVolumeSource #2
  gcePersistentDisk *GCEPersistentDiskVolumeSource #3
  awsElasticBlockStore *AWSElasticBlockStoreVolumeSource #4
  gitRepo *GitRepoVolumeSource #5
  secret *SecretVolumeSource #6
  nfs *NFSVolumeSource #7
  iscsi *ISCSIVolumeSource #8
  glusterfs *GlusterfsVolumeSource #9
  persistentVolumeClaim *PersistentVolumeClaimVolumeSource #10
  rbd *RBDVolumeSource #11
  flexVolume *FlexVolumeSource #12
  cinder *CinderVolumeSource #13
  cephfs *CephFSVolumeSource #14
  flocker *FlockerVolumeSource #15
  downwardAPI *DownwardAPIVolumeSource #16
  fc *FCVolumeSource #17
  azureFile *AzureFileVolumeSource #18
  configMap *ConfigMapVolumeSource #19
  vsphereVolume *VsphereVirtualDiskVolumeSource #20
  quobyte *QuobyteVolumeSource #21
  azureDisk *AzureDiskVolumeSource #22
  photonPersistentDisk *PhotonPersistentDiskVolumeSource #23
  projected *ProjectedVolumeSource #26
  portworxVolume *PortworxVolumeSource #24
  scaleIO *ScaleIOVolumeSource #25
  storageos *StorageOSVolumeSource #27
  csi *CSIVolumeSource #28
  ephemeral *EphemeralVolumeSource #29
  image *ImageVolumeSource #30

VolumeStatus
  image *ImageVolumeStatus #1

VsphereVirtualDiskVolumeSource
  volumePath string ! #1
  fsType string #2
  storagePolicyName string #3
  storagePolicyID string #4

WeightedPodAffinityTerm
  weight int32 ! #1
  podAffinityTerm PodAffinityTerm ! #2

WindowsSecurityContextOptions
  gmsaCredentialSpecName *string #1
  gmsaCredentialSpec *string #2
  runAsUserName *string #3
  hostProcess *bool #4
`,
'discovery.v1': `package io.k8s.api.discovery.v1
group discovery.k8s.io/v1

Endpoint
  addresses []string ! set #1
  conditions EndpointConditions #2
  hostname *string #3
  targetRef *core.v1.ObjectReference #4
  deprecatedTopology {}string #5
  nodeName *string #6
  zone *string #7
  hints *EndpointHints #8

EndpointConditions
  ready *bool #1
  serving *bool #2
  terminating *bool #3

EndpointHints
  forZones []ForZone #1
  forNodes []ForNode #2

EndpointPort atomic
  name *string #1
  protocol *string #2
  port *int32 #3
  appProtocol *string #4

EndpointSlice kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  addressType string ! #4
  endpoints []Endpoint keep #2
  ports []EndpointPort keep #3

EndpointSliceList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []EndpointSlice ! untyped #2

ForNode
  name string ! #1

ForZone
  name string ! #1
`,
'events.v1': `package io.k8s.api.events.v1
group events.k8s.io/v1

Event kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  eventTime MicroTime ! #2
  series *EventSeries #3
  reportingController string #4
  reportingInstance string #5
  action string #6
  reason string #7
  regarding core.v1.ObjectReference #8
  related *core.v1.ObjectReference #9
  note string #10
  type string #11
  deprecatedSource core.v1.EventSource #12
  deprecatedFirstTimestamp Time #13
  deprecatedLastTimestamp Time #14
  deprecatedCount int32 #15

EventList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []Event ! untyped #2

EventSeries
  count int32 ! #1
  lastObservedTime MicroTime ! #2
`,
'flowcontrol.v1': `package io.k8s.api.flowcontrol.v1
group flowcontrol.apiserver.k8s.io/v1

ExemptPriorityLevelConfiguration
  nominalConcurrencyShares *int32 #1
  lendablePercent *int32 #2

FlowDistinguisherMethod
  type string ! #1

FlowSchema kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec FlowSchemaSpec #2
  status FlowSchemaStatus #3

FlowSchemaCondition
  type string #1
  status string #2
  lastTransitionTime Time #3
  reason string #4
  message string #5

FlowSchemaList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []FlowSchema ! untyped #2

FlowSchemaSpec
  priorityLevelConfiguration PriorityLevelConfigurationReference ! #1
  matchingPrecedence int32 keep #2
  distinguisherMethod *FlowDistinguisherMethod #3
  rules []PolicyRulesWithSubjects #4

FlowSchemaStatus
  conditions []FlowSchemaCondition merge(type) #1

GroupSubject
  name string ! #1

LimitResponse union(type:queuing)
  type string ! #1
  queuing *QueuingConfiguration #2

LimitedPriorityLevelConfiguration
  nominalConcurrencyShares *int32 #1
  limitResponse LimitResponse #2
  lendablePercent *int32 #3
  borrowingLimitPercent *int32 #4

NonResourcePolicyRule
  verbs []string ! set #1
  nonResourceURLs []string ! set #6

PolicyRulesWithSubjects
  subjects []Subject ! #1
  resourceRules []ResourcePolicyRule #2
  nonResourceRules []NonResourcePolicyRule #3

PriorityLevelConfiguration kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec PriorityLevelConfigurationSpec #2
  status PriorityLevelConfigurationStatus #3

PriorityLevelConfigurationCondition
  type string #1
  status string #2
  lastTransitionTime Time #3
  reason string #4
  message string #5

PriorityLevelConfigurationList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []PriorityLevelConfiguration ! untyped #2

PriorityLevelConfigurationReference
  name string ! #1

PriorityLevelConfigurationSpec union(type:exempt,limited)
  type string ! #1
  limited *LimitedPriorityLevelConfiguration #2
  exempt *ExemptPriorityLevelConfiguration #3

PriorityLevelConfigurationStatus
  conditions []PriorityLevelConfigurationCondition merge(type) #1

QueuingConfiguration
  queues int32 keep #1
  handSize int32 keep #2
  queueLengthLimit int32 keep #3

ResourcePolicyRule
  verbs []string ! set #1
  apiGroups []string ! set #2
  resources []string ! set #3
  clusterScope bool #4
  namespaces []string set #5

ServiceAccountSubject
  namespace string ! #1
  name string ! #2

Subject union(kind:group,serviceAccount,user)
  kind string ! #1
  user *UserSubject #2
  group *GroupSubject #3
  serviceAccount *ServiceAccountSubject #4

UserSubject
  name string ! #1
`,
'meta.v1': `package io.k8s.apimachinery.pkg.apis.meta.v1
group v1

APIGroup kind
  kind string
  apiVersion string
  name string ! #1
  versions []GroupVersionForDiscovery ! #2
  preferredVersion GroupVersionForDiscovery #3
  serverAddressByClientCIDRs []ServerAddressByClientCIDR #4

APIGroupList kind
  kind string
  apiVersion string
  groups []APIGroup ! #1

APIResource
  name string ! #1
  singularName string ! #6
  namespaced bool ! #2
  group string #8
  version string #9
  kind string ! #3
  verbs ()[]string ! #4
  shortNames []string #5
  categories []string #7
  storageVersionHash string #10

APIResourceList kind
  kind string
  apiVersion string
  groupVersion string ! #1
  resources []APIResource ! #2

APIVersions kind
  kind string
  apiVersion string
  versions []string ! #1
  serverAddressByClientCIDRs []ServerAddressByClientCIDR ! #2

Condition
  type string ! #1
  status string ! #2
  observedGeneration int64 #3
  lastTransitionTime Time ! #4
  reason string ! #5
  message string ! #6

CreateOptions kind
  kind string
  apiVersion string
  dryRun []string #1
  fieldManager string #3
  fieldValidation string #4

DeleteOptions kind
  kind string
  apiVersion string
  gracePeriodSeconds *int64 #1
  preconditions *Preconditions #2
  orphanDependents *bool #3
  propagationPolicy *string #4
  dryRun []string #5
  ignoreStoreReadErrorWithClusterBreakingPotential *bool #6

FieldSelectorRequirement
  key string ! #1
  operator string ! #2
  values []string #3

GetOptions kind
  kind string
  apiVersion string
  resourceVersion string #1

GroupVersionForDiscovery
  groupVersion string ! #1
  version string ! #2

GroupVersionKind
  group string ! #1
  version string ! #2
  kind string ! #3

GroupVersionResource
  group string ! #1
  version string ! #2
  resource string ! #3

LabelSelector atomic
  matchLabels {}string #1
  matchExpressions []LabelSelectorRequirement #2

LabelSelectorRequirement
  key string ! #1
  operator string ! #2
  values []string #3

List kind
  kind string
  apiVersion string
  metadata ListMeta #1
  items []RawExtension ! #2

ListMeta
  selfLink string #1
  resourceVersion string #2
  continue string #3
  remainingItemCount *int64 #4
  shardInfo *ShardInfo #5

ListOptions kind
  kind string
  apiVersion string
  labelSelector string #1
  fieldSelector string #2
  watch bool #3
  allowWatchBookmarks bool #9
  resourceVersion string #4
  resourceVersionMatch string #10
  timeoutSeconds *int64 #5
  limit int64 #7
  continue string #8
  sendInitialEvents *bool #11
  shardSelector string #15

ManagedFieldsEntry
  manager string #1
  operation string #2
  apiVersion string #3
  time *Time #4
  fieldsType string #6
  fieldsV1 *FieldsV1 #7
  subresource string #8

ObjectMeta
  name string #1
  generateName string #2
  namespace string #3
  selfLink string #4
  uid string #5
  resourceVersion string #6
  generation int64 #7
  creationTimestamp Time omit #8
  deletionTimestamp *Time #9
  deletionGracePeriodSeconds *int64 #10
  labels {}string #11
  annotations {}string #12
  ownerReferences []OwnerReference merge(uid) #13
  finalizers []string merge #14
  managedFields []ManagedFieldsEntry #17

OwnerReference atomic
  apiVersion string ! #5
  kind string ! #1
  name string ! #3
  uid string ! #4
  controller *bool #6
  blockOwnerDeletion *bool #7

PartialObjectMetadata kind
  kind string
  apiVersion string
  metadata ObjectMeta #1

PartialObjectMetadataList kind
  kind string
  apiVersion string
  metadata ListMeta #1
  items []PartialObjectMetadata ! #2

Patch

PatchOptions kind
  kind string
  apiVersion string
  dryRun []string #1
  force *bool #2
  fieldManager string #3
  fieldValidation string #4

Preconditions
  uid *string #1
  resourceVersion *string #2

ServerAddressByClientCIDR
  clientCIDR string ! #1
  serverAddress string ! #2

ShardInfo
  selector string ! #1

Status kind
  kind string
  apiVersion string
  metadata ListMeta #1
  status string #2
  message string #3
  reason string #4
  details *StatusDetails #5
  code int32 #6

StatusCause
  reason string #1
  message string #2
  field string #3

StatusDetails
  name string #1
  group string #2
  kind string #3
  uid string #6
  causes []StatusCause #4
  retryAfterSeconds int32 #5

TableOptions kind
  kind string
  apiVersion string
  includeObject string #1

UpdateOptions kind
  kind string
  apiVersion string
  dryRun []string #1
  fieldManager string #2
  fieldValidation string #3

WatchEvent kind
  type string ! #1
  object RawExtension ! #2
`,
'networking.v1': `package io.k8s.api.networking.v1
group networking.k8s.io/v1

HTTPIngressPath
  path string #1
  pathType *string ! #3
  backend IngressBackend ! #2

HTTPIngressRuleValue
  paths []HTTPIngressPath ! #1

IPAddress kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec IPAddressSpec ! #2

IPAddressList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []IPAddress ! untyped #2

IPAddressSpec
  parentRef *ParentReference ! #1

IPBlock
  cidr string ! #1
  except []string #2

Ingress kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec IngressSpec #2
  status IngressStatus #3

IngressBackend
  service *IngressServiceBackend #4
  resource *core.v1.TypedLocalObjectReference #3

IngressClass kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec IngressClassSpec #2

IngressClassList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []IngressClass ! untyped #2

IngressClassParametersReference
  apiGroup *string #1
  kind string ! #2
  name string ! #3
  scope *string #4
  namespace *string #5

IngressClassSpec
  controller string #1
  parameters *IngressClassParametersReference #2

IngressList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []Ingress ! untyped #2

IngressLoadBalancerIngress
  ip string #1
  hostname string #2
  ports []IngressPortStatus #4

IngressLoadBalancerStatus
  ingress []IngressLoadBalancerIngress #1

IngressPortStatus
  port int32 ! #1
  protocol string ! #2
  error *string #3

IngressRule
  host string #1
  ingressRuleValue IngressRuleValue inline #2

IngressRuleValue
  http *HTTPIngressRuleValue #1

IngressServiceBackend
  name string ! #1
  port ServiceBackendPort #2

IngressSpec
  ingressClassName *string #4
  defaultBackend *IngressBackend #1
  tls []IngressTLS #2
  rules []IngressRule #3

IngressStatus
  loadBalancer IngressLoadBalancerStatus #1

IngressTLS
  hosts []string #1
  secretName string #2

NetworkPolicy kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec NetworkPolicySpec #2

NetworkPolicyEgressRule
  ports []NetworkPolicyPort #1
  to []NetworkPolicyPeer #2

NetworkPolicyIngressRule
  ports []NetworkPolicyPort #1
  from []NetworkPolicyPeer #2

NetworkPolicyList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []NetworkPolicy ! untyped #2

NetworkPolicyPeer
  podSelector *meta.v1.LabelSelector #1
  namespaceSelector *meta.v1.LabelSelector #2
  ipBlock *IPBlock #3

NetworkPolicyPort
  protocol *string #1
  port *IntOrString #2
  endPort *int32 #3

NetworkPolicySpec
  podSelector meta.v1.LabelSelector #1
  ingress []NetworkPolicyIngressRule #2
  egress []NetworkPolicyEgressRule #3
  policyTypes []string #4

ParentReference
  group string #1
  resource string ! omit #2
  namespace string #3
  name string ! omit #4

ServiceBackendPort atomic
  name string #1
  number int32 #2

ServiceCIDR kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec ServiceCIDRSpec #2
  status ServiceCIDRStatus #3

ServiceCIDRList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []ServiceCIDR ! untyped #2

ServiceCIDRSpec
  cidrs []string #1

ServiceCIDRStatus
  conditions []meta.v1.Condition merge(type) #1
`,
'node.v1': `package io.k8s.api.node.v1
group node.k8s.io/v1

Overhead
  podFixed {}Quantity #1

RuntimeClass kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  handler string ! #2
  overhead *Overhead #3
  scheduling *Scheduling #4

RuntimeClassList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []RuntimeClass ! untyped #2

Scheduling
  nodeSelector {}string atomic #1
  tolerations []core.v1.Toleration #2
`,
'policy.v1': `package io.k8s.api.policy.v1
group policy/v1

Eviction kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  deleteOptions *meta.v1.DeleteOptions #2

PodDisruptionBudget kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec PodDisruptionBudgetSpec #2
  status PodDisruptionBudgetStatus #3

PodDisruptionBudgetList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []PodDisruptionBudget ! untyped #2

PodDisruptionBudgetSpec
  minAvailable *IntOrString #1
  selector *meta.v1.LabelSelector replace #2
  maxUnavailable *IntOrString #3
  unhealthyPodEvictionPolicy *string #4

PodDisruptionBudgetStatus
  observedGeneration int64 #1
  disruptedPods {}Time #2
  disruptionsAllowed int32 keep #3
  currentHealthy int32 keep #4
  desiredHealthy int32 keep #5
  expectedPods int32 keep #6
  conditions []meta.v1.Condition merge(type) #7
`,
'rbac.v1': `package io.k8s.api.rbac.v1
group rbac.authorization.k8s.io/v1

AggregationRule
  clusterRoleSelectors []meta.v1.LabelSelector #1

ClusterRole kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  rules []PolicyRule keep #2
  aggregationRule *AggregationRule #3

ClusterRoleBinding kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  subjects []Subject #2
  roleRef RoleRef ! #3

ClusterRoleBindingList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []ClusterRoleBinding ! untyped #2

ClusterRoleList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []ClusterRole ! untyped #2

PolicyRule
  verbs []string ! #1
  apiGroups []string #2
  resources []string #3
  resourceNames []string #4
  nonResourceURLs []string #5

Role kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  rules []PolicyRule keep #2

RoleBinding kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  subjects []Subject #2
  roleRef RoleRef ! #3

RoleBindingList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []RoleBinding ! untyped #2

RoleList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []Role ! untyped #2

RoleRef atomic
  apiGroup string keep #1
  kind string ! #2
  name string ! #3

Subject atomic
  kind string ! #1
  apiGroup string #2
  name string ! #3
  namespace string #4
`,
'resource.v1': `package io.k8s.api.resource.v1
group resource.k8s.io/v1

AllocatedDeviceStatus
  driver string ! #1
  pool string ! #2
  device string ! #3
  shareID *string #7
  conditions []meta.v1.Condition map(type) #4
  data *RawExtension #5
  networkData *NetworkDeviceData #6

AllocationResult
  devices DeviceAllocationResult #1
  nodeSelector *core.v1.NodeSelector #3
  allocationTimestamp *Time #5

CELDeviceSelector
  expression string ! #1

CapacityRequestPolicy
  default *Quantity #1
  validValues []Quantity #3
  validRange *CapacityRequestPolicyRange #4

CapacityRequestPolicyRange
  min *Quantity ! #1
  max *Quantity #2
  step *Quantity #3

CapacityRequirements
  requests {}Quantity #1

Counter
  value Quantity ! #1

CounterSet
  name string ! #1
  counters {}Counter ! #2

Device
  name string ! #1
  attributes {}DeviceAttribute #2
  capacity {}DeviceCapacity #3
  consumesCounters []DeviceCounterConsumption #4
  nodeName *string #5
  nodeSelector *core.v1.NodeSelector #6
  allNodes *bool #7
  taints []DeviceTaint #8
  bindsToNode *bool #9
  bindingConditions []string #10
  bindingFailureConditions []string #11
  allowMultipleAllocations *bool #12
  nodeAllocatableResourceMappings {}NodeAllocatableResourceMapping #13

DeviceAllocationConfiguration
  source string ! #1
  requests []string #2
  deviceConfiguration DeviceConfiguration inline #3

DeviceAllocationResult
  results []DeviceRequestAllocationResult #1
  config []DeviceAllocationConfiguration #2

DeviceAttribute
  int *int64 #2
  bool *bool #3
  string *string #4
  version *string #5
  ints []int64 #6
  bools []bool #7
  strings []string #8
  versions []string #9

DeviceCapacity
  value Quantity ! #1
  requestPolicy *CapacityRequestPolicy #2

DeviceClaim
  requests []DeviceRequest keep #1
  constraints []DeviceConstraint #2
  config []DeviceClaimConfiguration #3

DeviceClaimConfiguration
  requests []string #1
  deviceConfiguration DeviceConfiguration inline #2

DeviceClass kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec DeviceClassSpec ! #2

DeviceClassConfiguration
  deviceConfiguration DeviceConfiguration inline #1

DeviceClassList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []DeviceClass ! untyped #2

DeviceClassSpec
  selectors []DeviceSelector #1
  config []DeviceClassConfiguration #2
  extendedResourceName *string #4

DeviceConfiguration
  opaque *OpaqueDeviceConfiguration #1

DeviceConstraint
  requests []string #1
  matchAttribute *string #2
  distinctAttribute *string #3

DeviceCounterConsumption
  counterSet string ! #1
  counters {}Counter ! #2

DeviceRequest
  name string ! #1
  exactly *ExactDeviceRequest #2
  firstAvailable []DeviceSubRequest #3

DeviceRequestAllocationResult
  request string ! #1
  driver string ! #2
  pool string ! #3
  device string ! #4
  adminAccess *bool #5
  tolerations []DeviceToleration #6
  bindingConditions []string #7
  bindingFailureConditions []string #8
  shareID *string #9
  consumedCapacity {}Quantity #10

DeviceSelector
  cel *CELDeviceSelector #1

DeviceSubRequest
  name string ! #1
  deviceClassName string ! #2
  selectors []DeviceSelector #3
  allocationMode string #4
  count int64 #5
  tolerations []DeviceToleration #6
  capacity *CapacityRequirements #7

DeviceTaint
  key string ! #1
  value string #2
  effect string ! #3
  timeAdded *Time #4

DeviceToleration
  key string #1
  operator string ="Equal" #2
  value string #3
  effect string #4
  tolerationSeconds *int64 #5

ExactDeviceRequest
  deviceClassName string ! #1
  selectors []DeviceSelector #2
  allocationMode string #3
  count int64 #4
  adminAccess *bool #5
  tolerations []DeviceToleration #6
  capacity *CapacityRequirements #7

NetworkDeviceData
  interfaceName string #1
  ips []string #2
  hardwareAddress string #3

NodeAllocatableResourceMapping
  capacityKey *string #1
  allocationMultiplier *Quantity #2

OpaqueDeviceConfiguration
  driver string ! #1
  parameters RawExtension ! #2

ResourceClaim kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec ResourceClaimSpec ! #2
  status ResourceClaimStatus #3

ResourceClaimConsumerReference
  apiGroup string #1
  resource string ! #3
  name string ! #4
  uid string ! #5

ResourceClaimList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []ResourceClaim ! untyped #2

ResourceClaimSpec
  devices DeviceClaim #1

ResourceClaimStatus
  allocation *AllocationResult #1
  reservedFor []ResourceClaimConsumerReference merge(uid) #2
  devices []AllocatedDeviceStatus map(driver,device,pool,shareID) #4

ResourceClaimTemplate kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec ResourceClaimTemplateSpec ! #2

ResourceClaimTemplateList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []ResourceClaimTemplate ! untyped #2

ResourceClaimTemplateSpec
  metadata meta.v1.ObjectMeta #1
  spec ResourceClaimSpec ! #2

ResourcePool
  name string ! #1
  generation int64 ! #2
  resourceSliceCount int64 ! #3

ResourceSlice kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec ResourceSliceSpec ! #2

ResourceSliceList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []ResourceSlice ! untyped #2

ResourceSliceSpec
  driver string ! #1
  pool ResourcePool ! #2
  nodeName *string #3
  nodeSelector *core.v1.NodeSelector #4
  allNodes *bool #5
  devices []Device #6
  perDeviceNodeSelection *bool #7
  sharedCounters []CounterSet #8
`,
'scheduling.v1': `package io.k8s.api.scheduling.v1
group scheduling.k8s.io/v1

PriorityClass kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  value int32 keep #2
  globalDefault bool #3
  description string #4
  preemptionPolicy *string #5

PriorityClassList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []PriorityClass ! untyped #2
`,
'storage.v1': `package io.k8s.api.storage.v1
group storage.k8s.io/v1

CSIDriver kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec CSIDriverSpec ! #2

CSIDriverList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []CSIDriver ! untyped #2

CSIDriverSpec
  attachRequired *bool #1
  podInfoOnMount *bool #2
  volumeLifecycleModes []string set #3
  storageCapacity *bool #4
  fsGroupPolicy *string #5
  tokenRequests []TokenRequest #6
  requiresRepublish *bool #7
  seLinuxMount *bool #8
  nodeAllocatableUpdatePeriodSeconds *int64 #9
  serviceAccountTokenInSecrets *bool #10
  preventPodSchedulingIfMissing *bool #11

CSINode kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec CSINodeSpec ! #2

CSINodeDriver
  name string ! #1
  nodeID string ! #2
  topologyKeys []string keep #3
  allocatable *VolumeNodeResources #4

CSINodeList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []CSINode ! untyped #2

CSINodeSpec
  drivers []CSINodeDriver ! merge(name) #1

CSIStorageCapacity kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  nodeTopology *meta.v1.LabelSelector #2
  storageClassName string ! #3
  capacity *Quantity #4
  maximumVolumeSize *Quantity #5

CSIStorageCapacityList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []CSIStorageCapacity ! untyped #2

StorageClass kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  provisioner string ! #2
  parameters {}string #3
  reclaimPolicy *string #4
  mountOptions []string #5
  allowVolumeExpansion *bool #6
  volumeBindingMode *string #7
  allowedTopologies []core.v1.TopologySelectorTerm #8

StorageClassList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []StorageClass ! untyped #2

TokenRequest
  audience string ! #1
  expirationSeconds *int64 #2

VolumeAttachment kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  spec VolumeAttachmentSpec ! #2
  status VolumeAttachmentStatus #3

VolumeAttachmentList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []VolumeAttachment ! untyped #2

VolumeAttachmentSource
  persistentVolumeName *string #1
  inlineVolumeSpec *core.v1.PersistentVolumeSpec #2

VolumeAttachmentSpec
  attacher string ! #1
  source VolumeAttachmentSource ! #2
  nodeName string ! #3

VolumeAttachmentStatus
  attached bool ! #1
  attachmentMetadata {}string #2
  attachError *VolumeError #3
  detachError *VolumeError #4

VolumeAttributesClass kind
  kind string
  apiVersion string
  metadata meta.v1.ObjectMeta #1
  driverName string ! #2
  parameters {}string #3

VolumeAttributesClassList kind
  kind string
  apiVersion string
  metadata meta.v1.ListMeta #1
  items []VolumeAttributesClass ! untyped #2

VolumeError
  time Time #1
  message string #2
  errorCode *int32 #3

VolumeNodeResources
  count *int32 #1
`,
}
