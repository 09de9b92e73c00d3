// Generated from api/schema/*.txt by scripts/schema/generate-types.ts: edit the tables instead.
export const tableTexts: Readonly<Record<string, string>> = {
'admissionregistration.v1': `package io.k8s.api.admissionregistration.v1
group admissionregistration.k8s.io/v1

ApplyConfiguration
  expression string

AuditAnnotation
  key string !
  valueExpression string !

ExpressionWarning
  fieldRef string !
  warning string !

JSONPatch
  expression string

MatchCondition
  expression string !
  name string !

MatchResources atomic
  excludeResourceRules []NamedRuleWithOperations
  matchPolicy string
  namespaceSelector *meta.v1.LabelSelector
  objectSelector *meta.v1.LabelSelector
  resourceRules []NamedRuleWithOperations

MutatingAdmissionPolicy kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec MutatingAdmissionPolicySpec

MutatingAdmissionPolicyBinding kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec MutatingAdmissionPolicyBindingSpec

MutatingAdmissionPolicyBindingList kind
  apiVersion string
  items []MutatingAdmissionPolicyBinding ! untyped
  kind string
  metadata meta.v1.ListMeta

MutatingAdmissionPolicyBindingSpec
  matchResources *MatchResources
  paramRef *ParamRef
  policyName string

MutatingAdmissionPolicyList kind
  apiVersion string
  items []MutatingAdmissionPolicy ! untyped
  kind string
  metadata meta.v1.ListMeta

MutatingAdmissionPolicySpec
  failurePolicy string
  matchConditions []MatchCondition merge(name)
  matchConstraints *MatchResources
  mutations []Mutation
  paramKind *ParamKind
  reinvocationPolicy string
  variables []Variable

MutatingWebhook
  admissionReviewVersions []string !
  clientConfig WebhookClientConfig !
  failurePolicy string
  matchConditions []MatchCondition merge(name)
  matchPolicy string
  name string !
  namespaceSelector *meta.v1.LabelSelector
  objectSelector *meta.v1.LabelSelector
  reinvocationPolicy string
  rules []RuleWithOperations
  sideEffects string !
  timeoutSeconds int32

MutatingWebhookConfiguration kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  webhooks []MutatingWebhook merge(name)

MutatingWebhookConfigurationList kind
  apiVersion string
  items []MutatingWebhookConfiguration ! untyped
  kind string
  metadata meta.v1.ListMeta

Mutation
  applyConfiguration *ApplyConfiguration
  jsonPatch *JSONPatch
  patchType string !

NamedRuleWithOperations atomic
  apiGroups []string
  apiVersions []string
  operations []string
  resourceNames []string
  resources []string
  scope string

ParamKind atomic
  apiVersion string
  kind string

ParamRef atomic
  name string
  namespace string
  parameterNotFoundAction string
  selector *meta.v1.LabelSelector

RuleWithOperations
  apiGroups []string
  apiVersions []string
  operations []string
  resources []string
  scope string

ServiceReference
  name string !
  namespace string !
  path string
  port int32

TypeChecking
  expressionWarnings []ExpressionWarning

ValidatingAdmissionPolicy kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec ValidatingAdmissionPolicySpec
  status ValidatingAdmissionPolicyStatus

ValidatingAdmissionPolicyBinding kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec ValidatingAdmissionPolicyBindingSpec !

ValidatingAdmissionPolicyBindingList kind
  apiVersion string
  items []ValidatingAdmissionPolicyBinding ! untyped
  kind string
  metadata meta.v1.ListMeta

ValidatingAdmissionPolicyBindingSpec
  matchResources *MatchResources
  paramRef *ParamRef
  policyName string !
  validationActions []string ! set

ValidatingAdmissionPolicyList kind
  apiVersion string
  items []ValidatingAdmissionPolicy ! untyped
  kind string
  metadata meta.v1.ListMeta

ValidatingAdmissionPolicySpec
  auditAnnotations []AuditAnnotation
  failurePolicy string
  matchConditions []MatchCondition merge(name)
  matchConstraints *MatchResources
  paramKind *ParamKind
  validations []Validation
  variables []Variable merge(name)

ValidatingAdmissionPolicyStatus
  conditions []meta.v1.Condition map(type)
  observedGeneration int64
  typeChecking *TypeChecking

ValidatingWebhook
  admissionReviewVersions []string !
  clientConfig WebhookClientConfig !
  failurePolicy string
  matchConditions []MatchCondition merge(name)
  matchPolicy string
  name string !
  namespaceSelector *meta.v1.LabelSelector
  objectSelector *meta.v1.LabelSelector
  rules []RuleWithOperations
  sideEffects string !
  timeoutSeconds int32

ValidatingWebhookConfiguration kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  webhooks []ValidatingWebhook merge(name)

ValidatingWebhookConfigurationList kind
  apiVersion string
  items []ValidatingWebhookConfiguration ! untyped
  kind string
  metadata meta.v1.ListMeta

Validation
  expression string !
  message string
  messageExpression string
  reason string

Variable atomic
  expression string !
  name string !

WebhookClientConfig
  caBundle bytes
  service *ServiceReference
  url string
`,
'apiextensions.v1': `package io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1
group apiextensions.k8s.io/v1

CustomResourceColumnDefinition
  description string
  format string
  jsonPath string !
  name string !
  priority int32
  type string !

CustomResourceConversion
  strategy string !
  webhook *WebhookConversion

CustomResourceDefinition kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec CustomResourceDefinitionSpec !
  status CustomResourceDefinitionStatus

CustomResourceDefinitionCondition
  lastTransitionTime Time
  message string
  observedGeneration int64
  reason string
  status string !
  type string !

CustomResourceDefinitionList kind
  apiVersion string
  items []CustomResourceDefinition ! untyped
  kind string
  metadata meta.v1.ListMeta

CustomResourceDefinitionNames
  categories []string
  kind string !
  listKind string
  plural string !
  shortNames []string
  singular string

CustomResourceDefinitionSpec
  conversion *CustomResourceConversion
  group string !
  names CustomResourceDefinitionNames !
  preserveUnknownFields bool
  scope string !
  versions []CustomResourceDefinitionVersion !

CustomResourceDefinitionStatus
  acceptedNames CustomResourceDefinitionNames
  conditions []CustomResourceDefinitionCondition map(type)
  observedGeneration int64
  storedVersions []string

CustomResourceDefinitionVersion
  additionalPrinterColumns []CustomResourceColumnDefinition
  deprecated bool
  deprecationWarning string
  name string !
  schema *CustomResourceValidation
  selectableFields []SelectableField
  served bool !
  storage bool !
  subresources *CustomResourceSubresources

CustomResourceSubresourceScale
  labelSelectorPath string
  specReplicasPath string !
  statusReplicasPath string !

CustomResourceSubresourceStatus

CustomResourceSubresources
  scale *CustomResourceSubresourceScale
  status *CustomResourceSubresourceStatus

CustomResourceValidation
  openAPIV3Schema *JSONSchemaProps

ExternalDocumentation
  description string
  url string

JSON = any

JSONSchemaProps
  \$ref string
  \$schema string
  additionalItems JSONSchemaPropsOrBool
  additionalProperties JSONSchemaPropsOrBool
  allOf []JSONSchemaProps
  anyOf []JSONSchemaProps
  default *JSON
  definitions {}JSONSchemaProps
  dependencies {}JSONSchemaPropsOrStringArray
  description string
  enum []JSON
  example JSON
  exclusiveMaximum bool
  exclusiveMinimum bool
  externalDocs ExternalDocumentation
  format string
  id string
  items JSONSchemaPropsOrArray
  maxItems int64
  maxLength int64
  maxProperties int64
  maximum double
  minItems int64
  minLength int64
  minProperties int64
  minimum double
  multipleOf double
  not JSONSchemaProps
  nullable bool
  oneOf []JSONSchemaProps
  pattern string
  patternProperties {}JSONSchemaProps
  properties {}JSONSchemaProps
  required []string
  title string
  type string
  uniqueItems bool
  x-kubernetes-embedded-resource bool
  x-kubernetes-int-or-string bool
  x-kubernetes-list-map-keys []string
  x-kubernetes-list-type string
  x-kubernetes-map-type string
  x-kubernetes-preserve-unknown-fields bool
  x-kubernetes-validations []ValidationRule merge(rule)

JSONSchemaPropsOrArray = any

JSONSchemaPropsOrBool = any

JSONSchemaPropsOrStringArray = any

SelectableField
  jsonPath string !

ServiceReference
  name string !
  namespace string !
  path string
  port int32

ValidationRule
  fieldPath string
  message string
  messageExpression string
  optionalOldSelf bool
  reason string
  rule string !

WebhookClientConfig
  caBundle bytes
  service *ServiceReference
  url string

WebhookConversion
  clientConfig *WebhookClientConfig
  conversionReviewVersions []string !
`,
'apiregistration.v1': `package io.k8s.kube-aggregator.pkg.apis.apiregistration.v1
group apiregistration.k8s.io/v1

APIService kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec APIServiceSpec
  status APIServiceStatus

APIServiceCondition
  lastTransitionTime Time
  message string
  reason string
  status string !
  type string !

APIServiceList kind
  apiVersion string
  items []APIService ! untyped
  kind string
  metadata meta.v1.ListMeta

APIServiceSpec
  caBundle bytes
  group string
  groupPriorityMinimum int32 !
  insecureSkipTLSVerify bool
  service *ServiceReference
  version string
  versionPriority int32 !

APIServiceStatus
  conditions []APIServiceCondition merge(type)

ServiceReference
  name string
  namespace string
  port int32
`,
'apps.v1': `package io.k8s.api.apps.v1
group apps/v1

ControllerRevision kind
  apiVersion string
  data RawExtension
  kind string
  metadata meta.v1.ObjectMeta
  revision int64 !

ControllerRevisionList kind
  apiVersion string
  items []ControllerRevision ! untyped
  kind string
  metadata meta.v1.ListMeta

DaemonSet kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec DaemonSetSpec
  status DaemonSetStatus

DaemonSetCondition
  lastTransitionTime Time
  message string
  reason string
  status string !
  type string !

DaemonSetList kind
  apiVersion string
  items []DaemonSet ! untyped
  kind string
  metadata meta.v1.ListMeta

DaemonSetSpec
  minReadySeconds int32
  revisionHistoryLimit int32
  selector *meta.v1.LabelSelector !
  template core.v1.PodTemplateSpec !
  updateStrategy DaemonSetUpdateStrategy

DaemonSetStatus
  collisionCount int32
  conditions []DaemonSetCondition merge(type)
  currentNumberScheduled int32 !
  desiredNumberScheduled int32 !
  numberAvailable int32
  numberMisscheduled int32 !
  numberReady int32 !
  numberUnavailable int32
  observedGeneration int64
  updatedNumberScheduled int32

DaemonSetUpdateStrategy
  rollingUpdate *RollingUpdateDaemonSet
  type string

Deployment kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec DeploymentSpec
  status DeploymentStatus

DeploymentCondition
  lastTransitionTime Time
  lastUpdateTime Time
  message string
  reason string
  status string !
  type string !

DeploymentList kind
  apiVersion string
  items []Deployment ! untyped
  kind string
  metadata meta.v1.ListMeta

DeploymentSpec
  minReadySeconds int32
  paused bool
  progressDeadlineSeconds int32
  replicas int32
  revisionHistoryLimit int32
  selector *meta.v1.LabelSelector !
  strategy DeploymentStrategy retainKeys
  template core.v1.PodTemplateSpec !

DeploymentStatus
  availableReplicas int32
  collisionCount int32
  conditions []DeploymentCondition merge(type)
  observedGeneration int64
  readyReplicas int32
  replicas int32
  terminatingReplicas int32
  unavailableReplicas int32
  updatedReplicas int32

DeploymentStrategy
  rollingUpdate *RollingUpdateDeployment
  type string

ReplicaSet kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec ReplicaSetSpec
  status ReplicaSetStatus

ReplicaSetCondition
  lastTransitionTime Time
  message string
  reason string
  status string !
  type string !

ReplicaSetList kind
  apiVersion string
  items []ReplicaSet ! untyped
  kind string
  metadata meta.v1.ListMeta

ReplicaSetSpec
  minReadySeconds int32
  replicas int32
  selector *meta.v1.LabelSelector !
  template core.v1.PodTemplateSpec

ReplicaSetStatus
  availableReplicas int32
  conditions []ReplicaSetCondition merge(type)
  fullyLabeledReplicas int32
  observedGeneration int64
  readyReplicas int32
  replicas int32 !
  terminatingReplicas int32

RollingUpdateDaemonSet
  maxSurge IntOrString
  maxUnavailable IntOrString

RollingUpdateDeployment
  maxSurge IntOrString
  maxUnavailable IntOrString

RollingUpdateStatefulSetStrategy
  maxUnavailable IntOrString
  partition int32

StatefulSet kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec StatefulSetSpec
  status StatefulSetStatus

StatefulSetCondition
  lastTransitionTime Time
  message string
  reason string
  status string !
  type string !

StatefulSetList kind
  apiVersion string
  items []StatefulSet ! untyped
  kind string
  metadata meta.v1.ListMeta

StatefulSetOrdinals
  start int32 =0

StatefulSetPersistentVolumeClaimRetentionPolicy
  whenDeleted string
  whenScaled string

StatefulSetSpec
  minReadySeconds int32
  ordinals *StatefulSetOrdinals
  persistentVolumeClaimRetentionPolicy *StatefulSetPersistentVolumeClaimRetentionPolicy
  podManagementPolicy string
  replicas int32
  revisionHistoryLimit int32
  selector *meta.v1.LabelSelector !
  serviceName string =""
  template core.v1.PodTemplateSpec !
  updateStrategy StatefulSetUpdateStrategy
  volumeClaimTemplates []core.v1.PersistentVolumeClaim

StatefulSetStatus
  availableReplicas int32 =0
  collisionCount int32
  conditions []StatefulSetCondition merge(type)
  currentReplicas int32
  currentRevision string
  observedGeneration int64
  readyReplicas int32
  replicas int32 !
  updateRevision string
  updatedReplicas int32

StatefulSetUpdateStrategy
  rollingUpdate *RollingUpdateStatefulSetStrategy
  type string
`,
'authentication.v1': `package io.k8s.api.authentication.v1
group authentication.k8s.io/v1

BoundObjectReference
  apiVersion string
  kind string
  name string
  uid string

SelfSubjectReview kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  status SelfSubjectReviewStatus

SelfSubjectReviewStatus
  userInfo UserInfo

TokenRequest kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec TokenRequestSpec
  status TokenRequestStatus

TokenRequestSpec
  audiences []string
  boundObjectRef *BoundObjectReference
  expirationSeconds int64

TokenRequestStatus
  expirationTimestamp Time
  token string =""

TokenReview kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec TokenReviewSpec !
  status TokenReviewStatus

TokenReviewSpec
  audiences []string
  token string !

TokenReviewStatus
  audiences []string
  authenticated bool
  error string
  user UserInfo

UserInfo
  extra {}[]string
  groups []string
  uid string
  username string
`,
'authorization.v1': `package io.k8s.api.authorization.v1
group authorization.k8s.io/v1

FieldSelectorAttributes
  rawSelector string
  requirements []meta.v1.FieldSelectorRequirement

LabelSelectorAttributes
  rawSelector string
  requirements []meta.v1.LabelSelectorRequirement

LocalSubjectAccessReview kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec SubjectAccessReviewSpec !
  status SubjectAccessReviewStatus

NonResourceAttributes
  path string
  verb string

NonResourceRule
  nonResourceURLs []string
  verbs []string !

ResourceAttributes
  fieldSelector *FieldSelectorAttributes
  group string
  labelSelector *LabelSelectorAttributes
  name string
  namespace string
  resource string
  subresource string
  verb string
  version string

ResourceRule
  apiGroups []string
  resourceNames []string
  resources []string
  verbs []string !

SelfSubjectAccessReview kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec SelfSubjectAccessReviewSpec !
  status SubjectAccessReviewStatus

SelfSubjectAccessReviewSpec
  nonResourceAttributes *NonResourceAttributes
  resourceAttributes *ResourceAttributes

SelfSubjectRulesReview kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec SelfSubjectRulesReviewSpec !
  status SubjectRulesReviewStatus

SelfSubjectRulesReviewSpec
  namespace string

SubjectAccessReview kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec SubjectAccessReviewSpec !
  status SubjectAccessReviewStatus

SubjectAccessReviewSpec
  extra {}[]string
  groups []string
  nonResourceAttributes *NonResourceAttributes
  resourceAttributes *ResourceAttributes
  uid string
  user string

SubjectAccessReviewStatus
  allowed bool !
  denied bool
  evaluationError string
  reason string

SubjectRulesReviewStatus
  evaluationError string
  incomplete bool !
  nonResourceRules []NonResourceRule !
  resourceRules []ResourceRule !
`,
'autoscaling.v1': `package io.k8s.api.autoscaling.v1
group autoscaling/v1

CrossVersionObjectReference atomic
  apiVersion string
  kind string !
  name string !

HorizontalPodAutoscaler kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec HorizontalPodAutoscalerSpec !
  status HorizontalPodAutoscalerStatus

HorizontalPodAutoscalerList kind
  apiVersion string
  items []HorizontalPodAutoscaler ! untyped
  kind string
  metadata meta.v1.ListMeta

HorizontalPodAutoscalerSpec
  maxReplicas int32 !
  minReplicas int32
  scaleTargetRef CrossVersionObjectReference !
  targetCPUUtilizationPercentage int32

HorizontalPodAutoscalerStatus
  currentCPUUtilizationPercentage int32
  currentReplicas int32 !
  desiredReplicas int32 !
  lastScaleTime Time
  observedGeneration int64

Scale kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec ScaleSpec
  status ScaleStatus

ScaleSpec
  replicas int32 =0

ScaleStatus
  replicas int32 !
  selector string
`,
'autoscaling.v2': `package io.k8s.api.autoscaling.v2
group autoscaling/v2

ContainerResourceMetricSource
  container string !
  name string !
  target MetricTarget !

ContainerResourceMetricStatus
  container string !
  current MetricValueStatus !
  name string !

CrossVersionObjectReference
  apiVersion string
  kind string !
  name string !

ExternalMetricSource
  metric MetricIdentifier !
  target MetricTarget !

ExternalMetricStatus
  current MetricValueStatus !
  metric MetricIdentifier !

HPAScalingPolicy
  periodSeconds int32 !
  type string !
  value int32 !

HPAScalingRules
  policies []HPAScalingPolicy
  selectPolicy string
  stabilizationWindowSeconds int32
  tolerance Quantity

HorizontalPodAutoscaler kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec HorizontalPodAutoscalerSpec !
  status HorizontalPodAutoscalerStatus

HorizontalPodAutoscalerBehavior
  scaleDown *HPAScalingRules
  scaleUp *HPAScalingRules

HorizontalPodAutoscalerCondition
  lastTransitionTime Time
  message string
  reason string
  status string !
  type string !

HorizontalPodAutoscalerList kind
  apiVersion string
  items []HorizontalPodAutoscaler ! untyped
  kind string
  metadata meta.v1.ListMeta

HorizontalPodAutoscalerSpec
  behavior *HorizontalPodAutoscalerBehavior
  maxReplicas int32 !
  metrics []MetricSpec
  minReplicas int32
  scaleTargetRef CrossVersionObjectReference !

HorizontalPodAutoscalerStatus
  conditions []HorizontalPodAutoscalerCondition merge(type)
  currentMetrics []MetricStatus
  currentReplicas int32
  desiredReplicas int32 !
  lastScaleTime Time
  observedGeneration int64

MetricIdentifier
  name string !
  selector *meta.v1.LabelSelector

MetricSpec
  containerResource *ContainerResourceMetricSource
  external *ExternalMetricSource
  object *ObjectMetricSource
  pods *PodsMetricSource
  resource *ResourceMetricSource
  type string !

MetricStatus
  containerResource *ContainerResourceMetricStatus
  external *ExternalMetricStatus
  object *ObjectMetricStatus
  pods *PodsMetricStatus
  resource *ResourceMetricStatus
  type string !

MetricTarget
  averageUtilization int32
  averageValue Quantity
  type string !
  value Quantity

MetricValueStatus
  averageUtilization int32
  averageValue Quantity
  value Quantity

ObjectMetricSource
  describedObject CrossVersionObjectReference !
  metric MetricIdentifier !
  target MetricTarget !

ObjectMetricStatus
  current MetricValueStatus !
  describedObject CrossVersionObjectReference !
  metric MetricIdentifier !

PodsMetricSource
  metric MetricIdentifier !
  target MetricTarget !

PodsMetricStatus
  current MetricValueStatus !
  metric MetricIdentifier !

ResourceMetricSource
  name string !
  target MetricTarget !

ResourceMetricStatus
  current MetricValueStatus !
  name string !
`,
'batch.v1': `package io.k8s.api.batch.v1
group batch/v1

CronJob kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec CronJobSpec !
  status CronJobStatus

CronJobList kind
  apiVersion string
  items []CronJob ! untyped
  kind string
  metadata meta.v1.ListMeta

CronJobSpec
  concurrencyPolicy string
  failedJobsHistoryLimit int32
  jobTemplate JobTemplateSpec !
  schedule string !
  startingDeadlineSeconds int64
  successfulJobsHistoryLimit int32
  suspend bool
  timeZone string

CronJobStatus
  active []core.v1.ObjectReference
  lastScheduleTime Time
  lastSuccessfulTime Time

Job kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec JobSpec
  status JobStatus

JobCondition
  lastProbeTime Time
  lastTransitionTime Time
  message string
  reason string
  status string !
  type string !

JobList kind
  apiVersion string
  items []Job ! untyped
  kind string
  metadata meta.v1.ListMeta

JobSpec
  activeDeadlineSeconds int64
  backoffLimit int32
  backoffLimitPerIndex int32
  completionMode string
  completions int32
  managedBy string
  manualSelector bool
  maxFailedIndexes int32
  parallelism int32
  podFailurePolicy *PodFailurePolicy
  podReplacementPolicy string
  selector *meta.v1.LabelSelector
  successPolicy *SuccessPolicy
  suspend bool
  template core.v1.PodTemplateSpec !
  ttlSecondsAfterFinished int32

JobStatus
  active int32
  completedIndexes string
  completionTime Time
  conditions []JobCondition atomic merge(type)
  failed int32
  failedIndexes string
  ready int32
  startTime Time
  succeeded int32
  terminating int32
  uncountedTerminatedPods *UncountedTerminatedPods

JobTemplateSpec
  metadata meta.v1.ObjectMeta
  spec JobSpec

PodFailurePolicy
  rules []PodFailurePolicyRule !

PodFailurePolicyOnExitCodesRequirement
  containerName string
  operator string !
  values []int32 ! set

PodFailurePolicyOnPodConditionsPattern
  status string =""
  type string !

PodFailurePolicyRule
  action string !
  onExitCodes *PodFailurePolicyOnExitCodesRequirement
  onPodConditions []PodFailurePolicyOnPodConditionsPattern

SuccessPolicy
  rules []SuccessPolicyRule !

SuccessPolicyRule
  succeededCount int32
  succeededIndexes string

UncountedTerminatedPods
  failed []string set
  succeeded []string set
`,
'certificates.v1': `package io.k8s.api.certificates.v1
group certificates.k8s.io/v1

CertificateSigningRequest kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec CertificateSigningRequestSpec !
  status CertificateSigningRequestStatus

CertificateSigningRequestCondition
  lastTransitionTime Time
  lastUpdateTime Time
  message string
  reason string
  status string !
  type string !

CertificateSigningRequestList kind
  apiVersion string
  items []CertificateSigningRequest ! untyped
  kind string
  metadata meta.v1.ListMeta

CertificateSigningRequestSpec
  expirationSeconds int32
  extra {}[]string
  groups []string
  request bytes !
  signerName string !
  uid string
  usages []string
  username string

CertificateSigningRequestStatus
  certificate bytes
  conditions []CertificateSigningRequestCondition map(type)
`,
'coordination.v1': `package io.k8s.api.coordination.v1
group coordination.k8s.io/v1

Lease kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec LeaseSpec

LeaseList kind
  apiVersion string
  items []Lease ! untyped
  kind string
  metadata meta.v1.ListMeta

LeaseSpec
  acquireTime MicroTime
  holderIdentity string
  leaseDurationSeconds int32
  leaseTransitions int32
  preferredHolder string
  renewTime MicroTime
  strategy string
`,
'core.v1': `package io.k8s.api.core.v1
group v1

AWSElasticBlockStoreVolumeSource
  fsType string
  partition int32
  readOnly bool
  volumeID string !

Affinity
  nodeAffinity *NodeAffinity
  podAffinity *PodAffinity
  podAntiAffinity *PodAntiAffinity

AppArmorProfile union(type:localhostProfile)
  localhostProfile string
  type string !

AttachedVolume
  devicePath string !
  name string !

AzureDiskVolumeSource
  cachingMode string ="ReadWrite"
  diskName string !
  diskURI string !
  fsType string ="ext4"
  kind string ="Shared"
  readOnly bool =false

AzureFilePersistentVolumeSource
  readOnly bool
  secretName string !
  secretNamespace string
  shareName string !

AzureFileVolumeSource
  readOnly bool
  secretName string !
  shareName string !

Binding kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  target ObjectReference !

CSIPersistentVolumeSource
  controllerExpandSecretRef *SecretReference
  controllerPublishSecretRef *SecretReference
  driver string !
  fsType string
  nodeExpandSecretRef *SecretReference
  nodePublishSecretRef *SecretReference
  nodeStageSecretRef *SecretReference
  readOnly bool
  volumeAttributes {}string
  volumeHandle string !

CSIVolumeSource
  driver string !
  fsType string
  nodePublishSecretRef *LocalObjectReference
  readOnly bool
  volumeAttributes {}string

Capabilities
  add []string
  drop []string

CephFSPersistentVolumeSource
  monitors []string !
  path string
  readOnly bool
  secretFile string
  secretRef *SecretReference
  user string

CephFSVolumeSource
  monitors []string !
  path string
  readOnly bool
  secretFile string
  secretRef *LocalObjectReference
  user string

CinderPersistentVolumeSource
  fsType string
  readOnly bool
  secretRef *SecretReference
  volumeID string !

CinderVolumeSource
  fsType string
  readOnly bool
  secretRef *LocalObjectReference
  volumeID string !

ClientIPConfig
  timeoutSeconds int32

ClusterTrustBundleProjection
  labelSelector *meta.v1.LabelSelector
  name string
  optional bool
  path string !
  signerName string

ComponentCondition
  error string
  message string
  status string !
  type string !

ComponentStatus kind
  apiVersion string
  conditions []ComponentCondition merge(type)
  kind string
  metadata meta.v1.ObjectMeta

ComponentStatusList kind
  apiVersion string
  items []ComponentStatus ! untyped
  kind string
  metadata meta.v1.ListMeta

ConfigMap kind
  apiVersion string
  binaryData {}bytes
  data {}string
  immutable bool
  kind string
  metadata meta.v1.ObjectMeta

ConfigMapEnvSource
  name string =""
  optional bool

ConfigMapKeySelector atomic
  key string !
  name string =""
  optional bool

ConfigMapList kind
  apiVersion string
  items []ConfigMap ! untyped
  kind string
  metadata meta.v1.ListMeta

ConfigMapNodeConfigSource
  kubeletConfigKey string !
  name string !
  namespace string !
  resourceVersion string
  uid string

ConfigMapProjection
  items []KeyToPath
  name string =""
  optional bool

ConfigMapVolumeSource
  defaultMode int32
  items []KeyToPath
  name string =""
  optional bool

Container
  args []string
  command []string
  env []EnvVar merge(name)
  envFrom []EnvFromSource
  image string
  imagePullPolicy string
  lifecycle *Lifecycle
  livenessProbe *Probe
  name string !
  ports []ContainerPort map(containerPort,protocol) merge(containerPort)
  readinessProbe *Probe
  resizePolicy []ContainerResizePolicy
  resources ResourceRequirements
  restartPolicy string
  restartPolicyRules []ContainerRestartRule
  securityContext *SecurityContext
  startupProbe *Probe
  stdin bool
  stdinOnce bool
  terminationMessagePath string
  terminationMessagePolicy string
  tty bool
  volumeDevices []VolumeDevice merge(devicePath)
  volumeMounts []VolumeMount merge(mountPath)
  workingDir string

ContainerExtendedResourceRequest
  containerName string !
  requestName string !
  resourceName string !

ContainerImage
  names []string
  sizeBytes int64

ContainerPort
  containerPort int32 !
  hostIP string
  hostPort int32
  name string
  protocol string ="TCP"

ContainerResizePolicy
  resourceName string !
  restartPolicy string !

ContainerRestartRule
  action string !
  exitCodes *ContainerRestartRuleOnExitCodes

ContainerRestartRuleOnExitCodes
  operator string !
  values []int32 set

ContainerState
  running *ContainerStateRunning
  terminated *ContainerStateTerminated
  waiting *ContainerStateWaiting

ContainerStateRunning
  startedAt Time

ContainerStateTerminated
  containerID string
  exitCode int32 !
  finishedAt Time
  message string
  reason string
  signal int32
  startedAt Time

ContainerStateWaiting
  message string
  reason string

ContainerStatus
  allocatedResources {}Quantity
  allocatedResourcesStatus []ResourceStatus merge(name)
  containerID string
  image string !
  imageID string !
  lastState ContainerState
  name string !
  ready bool !
  resources *ResourceRequirements
  restartCount int32 !
  started bool
  state ContainerState
  stopSignal string
  user *ContainerUser
  volumeMounts []VolumeMountStatus merge(mountPath)

ContainerUser
  linux *LinuxContainerUser

DaemonEndpoint
  Port int32 !

DownwardAPIProjection
  items []DownwardAPIVolumeFile

DownwardAPIVolumeFile
  fieldRef *ObjectFieldSelector
  mode int32
  path string !
  resourceFieldRef *ResourceFieldSelector

DownwardAPIVolumeSource
  defaultMode int32
  items []DownwardAPIVolumeFile

EmptyDirVolumeSource
  medium string
  sizeLimit Quantity

EndpointAddress atomic
  hostname string
  ip string !
  nodeName string
  targetRef *ObjectReference

EndpointPort atomic
  appProtocol string
  name string
  port int32 !
  protocol string

EndpointSubset
  addresses []EndpointAddress
  notReadyAddresses []EndpointAddress
  ports []EndpointPort

Endpoints kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  subsets []EndpointSubset

EndpointsList kind
  apiVersion string
  items []Endpoints ! untyped
  kind string
  metadata meta.v1.ListMeta

EnvFromSource
  configMapRef *ConfigMapEnvSource
  prefix string
  secretRef *SecretEnvSource

EnvVar
  name string !
  value string
  valueFrom *EnvVarSource

EnvVarSource
  configMapKeyRef *ConfigMapKeySelector
  fieldRef *ObjectFieldSelector
  fileKeyRef *FileKeySelector
  resourceFieldRef *ResourceFieldSelector
  secretKeyRef *SecretKeySelector

EphemeralContainer
  args []string
  command []string
  env []EnvVar merge(name)
  envFrom []EnvFromSource
  image string
  imagePullPolicy string
  lifecycle *Lifecycle
  livenessProbe *Probe
  name string !
  ports []ContainerPort map(containerPort,protocol) merge(containerPort)
  readinessProbe *Probe
  resizePolicy []ContainerResizePolicy
  resources ResourceRequirements
  restartPolicy string
  restartPolicyRules []ContainerRestartRule
  securityContext *SecurityContext
  startupProbe *Probe
  stdin bool
  stdinOnce bool
  targetContainerName string
  terminationMessagePath string
  terminationMessagePolicy string
  tty bool
  volumeDevices []VolumeDevice merge(devicePath)
  volumeMounts []VolumeMount merge(mountPath)
  workingDir string

EphemeralVolumeSource
  volumeClaimTemplate *PersistentVolumeClaimTemplate

Event kind
  action string
  apiVersion string
  count int32
  eventTime MicroTime
  firstTimestamp Time
  involvedObject ObjectReference !
  kind string
  lastTimestamp Time
  message string
  metadata meta.v1.ObjectMeta !
  reason string
  related *ObjectReference
  reportingComponent string =""
  reportingInstance string =""
  series *EventSeries
  source EventSource
  type string

EventList kind
  apiVersion string
  items []Event ! untyped
  kind string
  metadata meta.v1.ListMeta

EventSeries
  count int32
  lastObservedTime MicroTime

EventSource
  component string
  host string

ExecAction
  command []string

FCVolumeSource
  fsType string
  lun int32
  readOnly bool
  targetWWNs []string
  wwids []string

FileKeySelector atomic
  key string !
  optional bool =false
  path string !
  volumeName string !

FlexPersistentVolumeSource
  driver string !
  fsType string
  options {}string
  readOnly bool
  secretRef *SecretReference

FlexVolumeSource
  driver string !
  fsType string
  options {}string
  readOnly bool
  secretRef *LocalObjectReference

FlockerVolumeSource
  datasetName string
  datasetUUID string

GCEPersistentDiskVolumeSource
  fsType string
  partition int32
  pdName string !
  readOnly bool

GRPCAction
  port int32 !
  service string =""

GitRepoVolumeSource
  directory string
  repository string !
  revision string

GlusterfsPersistentVolumeSource
  endpoints string !
  endpointsNamespace string
  path string !
  readOnly bool

GlusterfsVolumeSource
  endpoints string !
  path string !
  readOnly bool

HTTPGetAction
  host string
  httpHeaders []HTTPHeader
  path string
  port IntOrString !
  scheme string

HTTPHeader
  name string !
  value string !

HostAlias
  hostnames []string
  ip string !

HostIP
  ip string !

HostPathVolumeSource
  path string !
  type string

ISCSIPersistentVolumeSource
  chapAuthDiscovery bool
  chapAuthSession bool
  fsType string
  initiatorName string
  iqn string !
  iscsiInterface string ="default"
  lun int32 !
  portals []string
  readOnly bool
  secretRef *SecretReference
  targetPortal string !

ISCSIVolumeSource
  chapAuthDiscovery bool
  chapAuthSession bool
  fsType string
  initiatorName string
  iqn string !
  iscsiInterface string ="default"
  lun int32 !
  portals []string
  readOnly bool
  secretRef *LocalObjectReference
  targetPortal string !

ImageVolumeSource
  pullPolicy string
  reference string

ImageVolumeStatus
  imageRef string !

KeyToPath
  key string !
  mode int32
  path string !

Lifecycle
  postStart *LifecycleHandler
  preStop *LifecycleHandler
  stopSignal string

LifecycleHandler
  exec *ExecAction
  httpGet *HTTPGetAction
  sleep *SleepAction
  tcpSocket *TCPSocketAction

LimitRange kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec LimitRangeSpec

LimitRangeItem
  default {}Quantity
  defaultRequest {}Quantity
  max {}Quantity
  maxLimitRequestRatio {}Quantity
  min {}Quantity
  type string !

LimitRangeList kind
  apiVersion string
  items []LimitRange ! untyped
  kind string
  metadata meta.v1.ListMeta

LimitRangeSpec
  limits []LimitRangeItem !

LinuxContainerUser
  gid int64 !
  supplementalGroups []int64
  uid int64 !

LoadBalancerIngress
  hostname string
  ip string
  ipMode string
  ports []PortStatus

LoadBalancerStatus
  ingress []LoadBalancerIngress

LocalObjectReference atomic
  name string =""

LocalVolumeSource
  fsType string
  path string !

ModifyVolumeStatus
  status string !
  targetVolumeAttributesClassName string

NFSVolumeSource
  path string !
  readOnly bool
  server string !

Namespace kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec NamespaceSpec
  status NamespaceStatus

NamespaceCondition
  lastTransitionTime Time
  message string
  reason string
  status string !
  type string !

NamespaceList kind
  apiVersion string
  items []Namespace ! untyped
  kind string
  metadata meta.v1.ListMeta

NamespaceSpec
  finalizers []string

NamespaceStatus
  conditions []NamespaceCondition merge(type)
  phase string

Node kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec NodeSpec
  status NodeStatus

NodeAddress
  address string !
  type string !

NodeAffinity
  preferredDuringSchedulingIgnoredDuringExecution []PreferredSchedulingTerm
  requiredDuringSchedulingIgnoredDuringExecution *NodeSelector

NodeAllocatableResourceClaimStatus
  containers []string set
  resourceClaimName string !
  resources {}Quantity !

NodeCondition
  lastHeartbeatTime Time
  lastTransitionTime Time
  message string
  reason string
  status string !
  type string !

NodeConfigSource
  configMap *ConfigMapNodeConfigSource

NodeConfigStatus
  active *NodeConfigSource
  assigned *NodeConfigSource
  error string
  lastKnownGood *NodeConfigSource

NodeDaemonEndpoints
  kubeletEndpoint DaemonEndpoint

NodeFeatures
  supplementalGroupsPolicy bool

NodeList kind
  apiVersion string
  items []Node ! untyped
  kind string
  metadata meta.v1.ListMeta

NodeRuntimeHandler
  features *NodeRuntimeHandlerFeatures
  name string =""

NodeRuntimeHandlerFeatures
  recursiveReadOnlyMounts bool
  userNamespaces bool

NodeSelector atomic
  nodeSelectorTerms []NodeSelectorTerm !

NodeSelectorRequirement
  key string !
  operator string !
  values []string

NodeSelectorTerm atomic
  matchExpressions []NodeSelectorRequirement
  matchFields []NodeSelectorRequirement

NodeSpec
  configSource *NodeConfigSource
  externalID string
  podCIDR string
  podCIDRs []string merge
  providerID string
  taints []Taint
  unschedulable bool

NodeStatus
  addresses []NodeAddress merge(type)
  allocatable {}Quantity
  capacity {}Quantity
  conditions []NodeCondition merge(type)
  config *NodeConfigStatus
  daemonEndpoints NodeDaemonEndpoints
  declaredFeatures []string
  features *NodeFeatures
  images []ContainerImage
  nodeInfo NodeSystemInfo
  phase string
  runtimeHandlers []NodeRuntimeHandler
  volumesAttached []AttachedVolume
  volumesInUse []string

NodeSwapStatus
  capacity int64

NodeSystemInfo
  architecture string !
  bootID string !
  containerRuntimeVersion string !
  kernelVersion string !
  kubeProxyVersion string !
  kubeletVersion string !
  machineID string !
  operatingSystem string !
  osImage string !
  swap *NodeSwapStatus
  systemUUID string !

ObjectFieldSelector atomic
  apiVersion string
  fieldPath string !

ObjectReference atomic
  apiVersion string
  fieldPath string
  kind string
  name string
  namespace string
  resourceVersion string
  uid string

PersistentVolume kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec PersistentVolumeSpec
  status PersistentVolumeStatus

PersistentVolumeClaim kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec PersistentVolumeClaimSpec
  status PersistentVolumeClaimStatus

PersistentVolumeClaimCondition
  lastProbeTime Time
  lastTransitionTime Time
  message string
  reason string
  status string !
  type string !

PersistentVolumeClaimList kind
  apiVersion string
  items []PersistentVolumeClaim ! untyped
  kind string
  metadata meta.v1.ListMeta

PersistentVolumeClaimSpec
  accessModes []string
  dataSource *TypedLocalObjectReference
  dataSourceRef *TypedObjectReference
  resources VolumeResourceRequirements
  selector *meta.v1.LabelSelector
  storageClassName string
  volumeAttributesClassName string
  volumeMode string
  volumeName string

PersistentVolumeClaimStatus
  accessModes []string
  allocatedResourceStatuses {}string granular
  allocatedResources {}Quantity
  capacity {}Quantity
  conditions []PersistentVolumeClaimCondition merge(type)
  currentVolumeAttributesClassName string
  modifyVolumeStatus *ModifyVolumeStatus
  phase string

PersistentVolumeClaimTemplate
  metadata meta.v1.ObjectMeta
  spec PersistentVolumeClaimSpec !

PersistentVolumeClaimVolumeSource
  claimName string !
  readOnly bool

PersistentVolumeList kind
  apiVersion string
  items []PersistentVolume ! untyped
  kind string
  metadata meta.v1.ListMeta

PersistentVolumeSpec
  accessModes []string
  awsElasticBlockStore *AWSElasticBlockStoreVolumeSource
  azureDisk *AzureDiskVolumeSource
  azureFile *AzureFilePersistentVolumeSource
  capacity {}Quantity
  cephfs *CephFSPersistentVolumeSource
  cinder *CinderPersistentVolumeSource
  claimRef *ObjectReference granular
  csi *CSIPersistentVolumeSource
  fc *FCVolumeSource
  flexVolume *FlexPersistentVolumeSource
  flocker *FlockerVolumeSource
  gcePersistentDisk *GCEPersistentDiskVolumeSource
  glusterfs *GlusterfsPersistentVolumeSource
  hostPath *HostPathVolumeSource
  iscsi *ISCSIPersistentVolumeSource
  local *LocalVolumeSource
  mountOptions []string
  nfs *NFSVolumeSource
  nodeAffinity *VolumeNodeAffinity
  persistentVolumeReclaimPolicy string
  photonPersistentDisk *PhotonPersistentDiskVolumeSource
  portworxVolume *PortworxVolumeSource
  quobyte *QuobyteVolumeSource
  rbd *RBDPersistentVolumeSource
  scaleIO *ScaleIOPersistentVolumeSource
  storageClassName string
  storageos *StorageOSPersistentVolumeSource
  volumeAttributesClassName string
  volumeMode string
  vsphereVolume *VsphereVirtualDiskVolumeSource

PersistentVolumeStatus
  lastPhaseTransitionTime Time
  message string
  phase string
  reason string

PhotonPersistentDiskVolumeSource
  fsType string
  pdID string !

Pod kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec PodSpec
  status PodStatus

PodAffinity
  preferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm
  requiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm

PodAffinityTerm
  labelSelector *meta.v1.LabelSelector
  matchLabelKeys []string
  mismatchLabelKeys []string
  namespaceSelector *meta.v1.LabelSelector
  namespaces []string
  topologyKey string !

PodAntiAffinity
  preferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm
  requiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm

PodCertificateProjection
  certificateChainPath string
  credentialBundlePath string
  keyPath string
  keyType string !
  maxExpirationSeconds int32
  signerName string !
  userAnnotations {}string

PodCondition
  lastProbeTime Time
  lastTransitionTime Time
  message string
  observedGeneration int64
  reason string
  status string !
  type string !

PodDNSConfig
  nameservers []string
  options []PodDNSConfigOption
  searches []string

PodDNSConfigOption
  name string
  value string

PodExtendedResourceClaimStatus
  requestMappings []ContainerExtendedResourceRequest !
  resourceClaimName string !

PodIP
  ip string !

PodList kind
  apiVersion string
  items []Pod ! untyped
  kind string
  metadata meta.v1.ListMeta

PodOS
  name string !

PodReadinessGate
  conditionType string !

PodResourceClaim
  name string !
  resourceClaimName string
  resourceClaimTemplateName string

PodResourceClaimStatus
  name string !
  resourceClaimName string

PodSchedulingGate
  name string !

PodSchedulingGroup union(:podGroupName)
  podGroupName string

PodSecurityContext
  appArmorProfile *AppArmorProfile
  fsGroup int64
  fsGroupChangePolicy string
  runAsGroup int64
  runAsNonRoot bool
  runAsUser int64
  seLinuxChangePolicy string
  seLinuxOptions *SELinuxOptions
  seccompProfile *SeccompProfile
  supplementalGroups []int64
  supplementalGroupsPolicy string
  sysctls []Sysctl
  windowsOptions *WindowsSecurityContextOptions

PodSpec
  activeDeadlineSeconds int64
  affinity *Affinity
  automountServiceAccountToken bool
  containers []Container ! merge(name)
  dnsConfig *PodDNSConfig
  dnsPolicy string
  enableServiceLinks bool
  ephemeralContainers []EphemeralContainer merge(name)
  hostAliases []HostAlias merge(ip)
  hostIPC bool
  hostNetwork bool
  hostPID bool
  hostUsers bool
  hostname string
  hostnameOverride string
  imagePullSecrets []LocalObjectReference merge(name)
  initContainers []Container merge(name)
  nodeName string
  nodeSelector {}string atomic
  os *PodOS
  overhead {}Quantity
  preemptionPolicy string
  priority int32
  priorityClassName string
  readinessGates []PodReadinessGate
  resourceClaims []PodResourceClaim merge(name) retainKeys
  resources *ResourceRequirements
  restartPolicy string
  runtimeClassName string
  schedulerName string
  schedulingGates []PodSchedulingGate merge(name)
  schedulingGroup *PodSchedulingGroup
  securityContext *PodSecurityContext
  serviceAccount string
  serviceAccountName string
  setHostnameAsFQDN bool
  shareProcessNamespace bool
  subdomain string
  terminationGracePeriodSeconds int64
  tolerations []Toleration
  topologySpreadConstraints []TopologySpreadConstraint map(topologyKey,whenUnsatisfiable) merge(topologyKey)
  volumes []Volume merge(name) retainKeys

PodStatus
  allocatedResources {}Quantity
  conditions []PodCondition merge(type)
  containerStatuses []ContainerStatus
  ephemeralContainerStatuses []ContainerStatus
  extendedResourceClaimStatus *PodExtendedResourceClaimStatus
  hostIP string
  hostIPs []HostIP atomic merge(ip)
  initContainerStatuses []ContainerStatus
  message string
  nodeAllocatableResourceClaimStatuses []NodeAllocatableResourceClaimStatus
  nominatedNodeName string
  observedGeneration int64
  phase string
  podIP string
  podIPs []PodIP merge(ip)
  qosClass string
  reason string
  resize string
  resourceClaimStatuses []PodResourceClaimStatus merge(name) retainKeys
  resources *ResourceRequirements
  startTime Time

PodTemplate kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  template PodTemplateSpec

PodTemplateList kind
  apiVersion string
  items []PodTemplate ! untyped
  kind string
  metadata meta.v1.ListMeta

PodTemplateSpec
  metadata meta.v1.ObjectMeta
  spec PodSpec

PortStatus
  error string
  port int32 !
  protocol string !

PortworxVolumeSource
  fsType string
  readOnly bool
  volumeID string !

PreferredSchedulingTerm
  preference NodeSelectorTerm !
  weight int32 !

Probe
  exec *ExecAction
  failureThreshold int32
  grpc *GRPCAction
  httpGet *HTTPGetAction
  initialDelaySeconds int32
  periodSeconds int32
  successThreshold int32
  tcpSocket *TCPSocketAction
  terminationGracePeriodSeconds int64
  timeoutSeconds int32

ProjectedVolumeSource
  defaultMode int32
  sources []VolumeProjection

QuobyteVolumeSource
  group string
  readOnly bool
  registry string !
  tenant string
  user string
  volume string !

RBDPersistentVolumeSource
  fsType string
  image string !
  keyring string ="/etc/ceph/keyring"
  monitors []string !
  pool string ="rbd"
  readOnly bool
  secretRef *SecretReference
  user string ="admin"

RBDVolumeSource
  fsType string
  image string !
  keyring string ="/etc/ceph/keyring"
  monitors []string !
  pool string ="rbd"
  readOnly bool
  secretRef *LocalObjectReference
  user string ="admin"

ReplicationController kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec ReplicationControllerSpec
  status ReplicationControllerStatus

ReplicationControllerCondition
  lastTransitionTime Time
  message string
  reason string
  status string !
  type string !

ReplicationControllerList kind
  apiVersion string
  items []ReplicationController ! untyped
  kind string
  metadata meta.v1.ListMeta

ReplicationControllerSpec
  minReadySeconds int32 =0
  replicas int32 =1
  selector {}string atomic
  template *PodTemplateSpec

ReplicationControllerStatus
  availableReplicas int32
  conditions []ReplicationControllerCondition merge(type)
  fullyLabeledReplicas int32
  observedGeneration int64
  readyReplicas int32
  replicas int32 !

ResourceClaim
  name string !
  request string

ResourceFieldSelector atomic
  containerName string
  divisor Quantity
  resource string !

ResourceHealth
  health string
  message string
  resourceID string !

ResourceQuota kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec ResourceQuotaSpec
  status ResourceQuotaStatus

ResourceQuotaList kind
  apiVersion string
  items []ResourceQuota ! untyped
  kind string
  metadata meta.v1.ListMeta

ResourceQuotaSpec
  hard {}Quantity
  scopeSelector *ScopeSelector
  scopes []string

ResourceQuotaStatus
  hard {}Quantity
  used {}Quantity

ResourceRequirements
  claims []ResourceClaim map(name)
  limits {}Quantity
  requests {}Quantity

ResourceStatus
  name string !
  resources []ResourceHealth map(resourceID)

SELinuxOptions
  level string
  role string
  type string
  user string

ScaleIOPersistentVolumeSource
  fsType string ="xfs"
  gateway string !
  protectionDomain string
  readOnly bool
  secretRef *SecretReference !
  sslEnabled bool
  storageMode string ="ThinProvisioned"
  storagePool string
  system string !
  volumeName string

ScaleIOVolumeSource
  fsType string ="xfs"
  gateway string !
  protectionDomain string
  readOnly bool
  secretRef *LocalObjectReference !
  sslEnabled bool
  storageMode string ="ThinProvisioned"
  storagePool string
  system string !
  volumeName string

ScopeSelector atomic
  matchExpressions []ScopedResourceSelectorRequirement

ScopedResourceSelectorRequirement
  operator string !
  scopeName string !
  values []string

SeccompProfile union(type:localhostProfile)
  localhostProfile string
  type string !

Secret kind
  apiVersion string
  data {}bytes
  immutable bool
  kind string
  metadata meta.v1.ObjectMeta
  stringData {}string
  type string

SecretEnvSource
  name string =""
  optional bool

SecretKeySelector atomic
  key string !
  name string =""
  optional bool

SecretList kind
  apiVersion string
  items []Secret ! untyped
  kind string
  metadata meta.v1.ListMeta

SecretProjection
  items []KeyToPath
  name string =""
  optional bool

SecretReference atomic
  name string
  namespace string

SecretVolumeSource
  defaultMode int32
  items []KeyToPath
  optional bool
  secretName string

SecurityContext
  allowPrivilegeEscalation bool
  appArmorProfile *AppArmorProfile
  capabilities *Capabilities
  privileged bool
  procMount string
  readOnlyRootFilesystem bool
  runAsGroup int64
  runAsNonRoot bool
  runAsUser int64
  seLinuxOptions *SELinuxOptions
  seccompProfile *SeccompProfile
  windowsOptions *WindowsSecurityContextOptions

Service kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec ServiceSpec
  status ServiceStatus

ServiceAccount kind
  apiVersion string
  automountServiceAccountToken bool
  imagePullSecrets []LocalObjectReference
  kind string
  metadata meta.v1.ObjectMeta
  secrets []ObjectReference merge(name)

ServiceAccountList kind
  apiVersion string
  items []ServiceAccount ! untyped
  kind string
  metadata meta.v1.ListMeta

ServiceAccountTokenProjection
  audience string
  expirationSeconds int64
  path string !

ServiceList kind
  apiVersion string
  items []Service ! untyped
  kind string
  metadata meta.v1.ListMeta

ServicePort
  appProtocol string
  name string
  nodePort int32
  port int32 !
  protocol string ="TCP"
  targetPort IntOrString

ServiceSpec
  allocateLoadBalancerNodePorts bool
  clusterIP string
  clusterIPs []string
  externalIPs []string
  externalName string
  externalTrafficPolicy string
  healthCheckNodePort int32
  internalTrafficPolicy string
  ipFamilies []string
  ipFamilyPolicy string
  loadBalancerClass string
  loadBalancerIP string
  loadBalancerSourceRanges []string
  ports []ServicePort map(port,protocol) merge(port)
  publishNotReadyAddresses bool
  selector {}string atomic
  sessionAffinity string
  sessionAffinityConfig *SessionAffinityConfig
  trafficDistribution string
  type string

ServiceStatus
  conditions []meta.v1.Condition merge(type)
  loadBalancer LoadBalancerStatus

SessionAffinityConfig
  clientIP *ClientIPConfig

SleepAction
  seconds int64 !

StorageOSPersistentVolumeSource
  fsType string
  readOnly bool
  secretRef *ObjectReference
  volumeName string
  volumeNamespace string

StorageOSVolumeSource
  fsType string
  readOnly bool
  secretRef *LocalObjectReference
  volumeName string
  volumeNamespace string

Sysctl
  name string !
  value string !

TCPSocketAction
  host string
  port IntOrString !

Taint
  effect string !
  key string !
  timeAdded Time
  value string

Toleration
  effect string
  key string
  operator string
  tolerationSeconds int64
  value string

TopologySelectorLabelRequirement
  key string !
  values []string !

TopologySelectorTerm atomic
  matchLabelExpressions []TopologySelectorLabelRequirement

TopologySpreadConstraint
  labelSelector *meta.v1.LabelSelector
  matchLabelKeys []string
  maxSkew int32 !
  minDomains int32
  nodeAffinityPolicy string
  nodeTaintsPolicy string
  topologyKey string !
  whenUnsatisfiable string !

TypedLocalObjectReference atomic
  apiGroup string
  kind string !
  name string !

TypedObjectReference
  apiGroup string
  kind string !
  name string !
  namespace string

Volume
  awsElasticBlockStore *AWSElasticBlockStoreVolumeSource
  azureDisk *AzureDiskVolumeSource
  azureFile *AzureFileVolumeSource
  cephfs *CephFSVolumeSource
  cinder *CinderVolumeSource
  configMap *ConfigMapVolumeSource
  csi *CSIVolumeSource
  downwardAPI *DownwardAPIVolumeSource
  emptyDir *EmptyDirVolumeSource
  ephemeral *EphemeralVolumeSource
  fc *FCVolumeSource
  flexVolume *FlexVolumeSource
  flocker *FlockerVolumeSource
  gcePersistentDisk *GCEPersistentDiskVolumeSource
  gitRepo *GitRepoVolumeSource
  glusterfs *GlusterfsVolumeSource
  hostPath *HostPathVolumeSource
  image *ImageVolumeSource
  iscsi *ISCSIVolumeSource
  name string !
  nfs *NFSVolumeSource
  persistentVolumeClaim *PersistentVolumeClaimVolumeSource
  photonPersistentDisk *PhotonPersistentDiskVolumeSource
  portworxVolume *PortworxVolumeSource
  projected *ProjectedVolumeSource
  quobyte *QuobyteVolumeSource
  rbd *RBDVolumeSource
  scaleIO *ScaleIOVolumeSource
  secret *SecretVolumeSource
  storageos *StorageOSVolumeSource
  vsphereVolume *VsphereVirtualDiskVolumeSource

VolumeDevice
  devicePath string !
  name string !

VolumeMount
  mountPath string !
  mountPropagation string
  name string !
  readOnly bool
  recursiveReadOnly string
  subPath string
  subPathExpr string

VolumeMountStatus
  mountPath string !
  name string !
  readOnly bool
  recursiveReadOnly string
  volumeStatus *VolumeStatus

VolumeNodeAffinity
  required *NodeSelector

VolumeProjection
  clusterTrustBundle *ClusterTrustBundleProjection
  configMap *ConfigMapProjection
  downwardAPI *DownwardAPIProjection
  podCertificate *PodCertificateProjection
  secret *SecretProjection
  serviceAccountToken *ServiceAccountTokenProjection

VolumeResourceRequirements
  limits {}Quantity
  requests {}Quantity

VolumeStatus
  image *ImageVolumeStatus

VsphereVirtualDiskVolumeSource
  fsType string
  storagePolicyID string
  storagePolicyName string
  volumePath string !

WeightedPodAffinityTerm
  podAffinityTerm PodAffinityTerm !
  weight int32 !

WindowsSecurityContextOptions
  gmsaCredentialSpec string
  gmsaCredentialSpecName string
  hostProcess bool
  runAsUserName string
`,
'discovery.v1': `package io.k8s.api.discovery.v1
group discovery.k8s.io/v1

Endpoint
  addresses []string ! set
  conditions EndpointConditions
  deprecatedTopology {}string
  hints *EndpointHints
  hostname string
  nodeName string
  targetRef *core.v1.ObjectReference
  zone string

EndpointConditions
  ready bool
  serving bool
  terminating bool

EndpointHints
  forNodes []ForNode
  forZones []ForZone

EndpointPort atomic
  appProtocol string
  name string
  port int32
  protocol string

EndpointSlice kind
  addressType string !
  apiVersion string
  endpoints []Endpoint
  kind string
  metadata meta.v1.ObjectMeta
  ports []EndpointPort

EndpointSliceList kind
  apiVersion string
  items []EndpointSlice ! untyped
  kind string
  metadata meta.v1.ListMeta

ForNode
  name string !

ForZone
  name string !
`,
'events.v1': `package io.k8s.api.events.v1
group events.k8s.io/v1

Event kind
  action string
  apiVersion string
  deprecatedCount int32
  deprecatedFirstTimestamp Time
  deprecatedLastTimestamp Time
  deprecatedSource core.v1.EventSource
  eventTime MicroTime !
  kind string
  metadata meta.v1.ObjectMeta
  note string
  reason string
  regarding core.v1.ObjectReference
  related *core.v1.ObjectReference
  reportingController string
  reportingInstance string
  series *EventSeries
  type string

EventList kind
  apiVersion string
  items []Event ! untyped
  kind string
  metadata meta.v1.ListMeta

EventSeries
  count int32 !
  lastObservedTime MicroTime !
`,
'flowcontrol.v1': `package io.k8s.api.flowcontrol.v1
group flowcontrol.apiserver.k8s.io/v1

ExemptPriorityLevelConfiguration
  lendablePercent int32
  nominalConcurrencyShares int32

FlowDistinguisherMethod
  type string !

FlowSchema kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec FlowSchemaSpec
  status FlowSchemaStatus

FlowSchemaCondition
  lastTransitionTime Time
  message string
  reason string
  status string
  type string

FlowSchemaList kind
  apiVersion string
  items []FlowSchema ! untyped
  kind string
  metadata meta.v1.ListMeta

FlowSchemaSpec
  distinguisherMethod *FlowDistinguisherMethod
  matchingPrecedence int32 =0
  priorityLevelConfiguration PriorityLevelConfigurationReference !
  rules []PolicyRulesWithSubjects

FlowSchemaStatus
  conditions []FlowSchemaCondition merge(type)

GroupSubject
  name string !

LimitResponse union(type:queuing)
  queuing *QueuingConfiguration
  type string !

LimitedPriorityLevelConfiguration
  borrowingLimitPercent int32
  lendablePercent int32
  limitResponse LimitResponse
  nominalConcurrencyShares int32

NonResourcePolicyRule
  nonResourceURLs []string ! set
  verbs []string ! set

PolicyRulesWithSubjects
  nonResourceRules []NonResourcePolicyRule
  resourceRules []ResourcePolicyRule
  subjects []Subject !

PriorityLevelConfiguration kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec PriorityLevelConfigurationSpec
  status PriorityLevelConfigurationStatus

PriorityLevelConfigurationCondition
  lastTransitionTime Time
  message string
  reason string
  status string
  type string

PriorityLevelConfigurationList kind
  apiVersion string
  items []PriorityLevelConfiguration ! untyped
  kind string
  metadata meta.v1.ListMeta

PriorityLevelConfigurationReference
  name string !

PriorityLevelConfigurationSpec union(type:exempt,limited)
  exempt *ExemptPriorityLevelConfiguration
  limited *LimitedPriorityLevelConfiguration
  type string !

PriorityLevelConfigurationStatus
  conditions []PriorityLevelConfigurationCondition merge(type)

QueuingConfiguration
  handSize int32 =0
  queueLengthLimit int32 =0
  queues int32 =0

ResourcePolicyRule
  apiGroups []string ! set
  clusterScope bool
  namespaces []string set
  resources []string ! set
  verbs []string ! set

ServiceAccountSubject
  name string !
  namespace string !

Subject union(kind:group,serviceAccount,user)
  group *GroupSubject
  kind string !
  serviceAccount *ServiceAccountSubject
  user *UserSubject

UserSubject
  name string !
`,
'meta.v1': `package io.k8s.apimachinery.pkg.apis.meta.v1
group v1

APIResource
  categories []string
  group string
  kind string !
  name string !
  namespaced bool !
  shortNames []string
  singularName string !
  storageVersionHash string
  verbs []string ! untyped
  version string

APIResourceList kind
  apiVersion string
  groupVersion string !
  kind string
  resources []APIResource !

Condition
  lastTransitionTime Time !
  message string !
  observedGeneration int64
  reason string !
  status string !
  type string !

DeleteOptions kind
  apiVersion string
  dryRun []string
  gracePeriodSeconds int64
  ignoreStoreReadErrorWithClusterBreakingPotential bool
  kind string
  orphanDependents bool
  preconditions *Preconditions
  propagationPolicy string

FieldSelectorRequirement
  key string !
  operator string !
  values []string

LabelSelector atomic
  matchExpressions []LabelSelectorRequirement
  matchLabels {}string

LabelSelectorRequirement
  key string !
  operator string !
  values []string

ListMeta
  continue string
  remainingItemCount int64
  resourceVersion string
  selfLink string
  shardInfo *ShardInfo

ManagedFieldsEntry
  apiVersion string
  fieldsType string
  fieldsV1 FieldsV1
  manager string
  operation string
  subresource string
  time Time

ObjectMeta
  annotations {}string
  creationTimestamp Time
  deletionGracePeriodSeconds int64
  deletionTimestamp Time
  finalizers []string merge
  generateName string
  generation int64
  labels {}string
  managedFields []ManagedFieldsEntry
  name string
  namespace string
  ownerReferences []OwnerReference merge(uid)
  resourceVersion string
  selfLink string
  uid string

OwnerReference atomic
  apiVersion string !
  blockOwnerDeletion bool
  controller bool
  kind string !
  name string !
  uid string !

Patch

Preconditions
  resourceVersion string
  uid string

ShardInfo
  selector string !

Status kind
  apiVersion string
  code int32
  details *StatusDetails
  kind string
  message string
  metadata ListMeta
  reason string
  status string

StatusCause
  field string
  message string
  reason string

StatusDetails
  causes []StatusCause
  group string
  kind string
  name string
  retryAfterSeconds int32
  uid string

WatchEvent kind
  object RawExtension !
  type string !
`,
'networking.v1': `package io.k8s.api.networking.v1
group networking.k8s.io/v1

HTTPIngressPath
  backend IngressBackend !
  path string
  pathType string !

HTTPIngressRuleValue
  paths []HTTPIngressPath !

IPAddress kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec IPAddressSpec !

IPAddressList kind
  apiVersion string
  items []IPAddress ! untyped
  kind string
  metadata meta.v1.ListMeta

IPAddressSpec
  parentRef *ParentReference !

IPBlock
  cidr string !
  except []string

Ingress kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec IngressSpec
  status IngressStatus

IngressBackend
  resource *core.v1.TypedLocalObjectReference
  service *IngressServiceBackend

IngressClass kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec IngressClassSpec

IngressClassList kind
  apiVersion string
  items []IngressClass ! untyped
  kind string
  metadata meta.v1.ListMeta

IngressClassParametersReference
  apiGroup string
  kind string !
  name string !
  namespace string
  scope string

IngressClassSpec
  controller string
  parameters *IngressClassParametersReference

IngressList kind
  apiVersion string
  items []Ingress ! untyped
  kind string
  metadata meta.v1.ListMeta

IngressLoadBalancerIngress
  hostname string
  ip string
  ports []IngressPortStatus

IngressLoadBalancerStatus
  ingress []IngressLoadBalancerIngress

IngressPortStatus
  error string
  port int32 !
  protocol string !

IngressRule
  host string
  http HTTPIngressRuleValue

IngressServiceBackend
  name string !
  port ServiceBackendPort

IngressSpec
  defaultBackend *IngressBackend
  ingressClassName string
  rules []IngressRule
  tls []IngressTLS

IngressStatus
  loadBalancer IngressLoadBalancerStatus

IngressTLS
  hosts []string
  secretName string

NetworkPolicy kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec NetworkPolicySpec

NetworkPolicyEgressRule
  ports []NetworkPolicyPort
  to []NetworkPolicyPeer

NetworkPolicyIngressRule
  from []NetworkPolicyPeer
  ports []NetworkPolicyPort

NetworkPolicyList kind
  apiVersion string
  items []NetworkPolicy ! untyped
  kind string
  metadata meta.v1.ListMeta

NetworkPolicyPeer
  ipBlock *IPBlock
  namespaceSelector *meta.v1.LabelSelector
  podSelector *meta.v1.LabelSelector

NetworkPolicyPort
  endPort int32
  port IntOrString
  protocol string

NetworkPolicySpec
  egress []NetworkPolicyEgressRule
  ingress []NetworkPolicyIngressRule
  podSelector meta.v1.LabelSelector
  policyTypes []string

ParentReference
  group string
  name string !
  namespace string
  resource string !

ServiceBackendPort atomic
  name string
  number int32

ServiceCIDR kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec ServiceCIDRSpec
  status ServiceCIDRStatus

ServiceCIDRList kind
  apiVersion string
  items []ServiceCIDR ! untyped
  kind string
  metadata meta.v1.ListMeta

ServiceCIDRSpec
  cidrs []string

ServiceCIDRStatus
  conditions []meta.v1.Condition merge(type)
`,
'node.v1': `package io.k8s.api.node.v1
group node.k8s.io/v1

Overhead
  podFixed {}Quantity

RuntimeClass kind
  apiVersion string
  handler string !
  kind string
  metadata meta.v1.ObjectMeta
  overhead *Overhead
  scheduling *Scheduling

RuntimeClassList kind
  apiVersion string
  items []RuntimeClass ! untyped
  kind string
  metadata meta.v1.ListMeta

Scheduling
  nodeSelector {}string atomic
  tolerations []core.v1.Toleration
`,
'policy.v1': `package io.k8s.api.policy.v1
group policy/v1

Eviction kind
  apiVersion string
  deleteOptions *meta.v1.DeleteOptions
  kind string
  metadata meta.v1.ObjectMeta

PodDisruptionBudget kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec PodDisruptionBudgetSpec
  status PodDisruptionBudgetStatus

PodDisruptionBudgetList kind
  apiVersion string
  items []PodDisruptionBudget ! untyped
  kind string
  metadata meta.v1.ListMeta

PodDisruptionBudgetSpec
  maxUnavailable IntOrString
  minAvailable IntOrString
  selector *meta.v1.LabelSelector replace
  unhealthyPodEvictionPolicy string

PodDisruptionBudgetStatus
  conditions []meta.v1.Condition merge(type)
  currentHealthy int32 =0
  desiredHealthy int32 =0
  disruptedPods {}Time
  disruptionsAllowed int32 =0
  expectedPods int32 =0
  observedGeneration int64
`,
'rbac.v1': `package io.k8s.api.rbac.v1
group rbac.authorization.k8s.io/v1

AggregationRule
  clusterRoleSelectors []meta.v1.LabelSelector

ClusterRole kind
  aggregationRule *AggregationRule
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  rules []PolicyRule

ClusterRoleBinding kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  roleRef RoleRef !
  subjects []Subject

ClusterRoleBindingList kind
  apiVersion string
  items []ClusterRoleBinding ! untyped
  kind string
  metadata meta.v1.ListMeta

ClusterRoleList kind
  apiVersion string
  items []ClusterRole ! untyped
  kind string
  metadata meta.v1.ListMeta

PolicyRule
  apiGroups []string
  nonResourceURLs []string
  resourceNames []string
  resources []string
  verbs []string !

Role kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  rules []PolicyRule

RoleBinding kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  roleRef RoleRef !
  subjects []Subject

RoleBindingList kind
  apiVersion string
  items []RoleBinding ! untyped
  kind string
  metadata meta.v1.ListMeta

RoleList kind
  apiVersion string
  items []Role ! untyped
  kind string
  metadata meta.v1.ListMeta

RoleRef atomic
  apiGroup string =""
  kind string !
  name string !

Subject atomic
  apiGroup string
  kind string !
  name string !
  namespace string
`,
'resource.v1': `package io.k8s.api.resource.v1
group resource.k8s.io/v1

AllocatedDeviceStatus
  conditions []meta.v1.Condition map(type)
  data RawExtension
  device string !
  driver string !
  networkData *NetworkDeviceData
  pool string !
  shareID string

AllocationResult
  allocationTimestamp Time
  devices DeviceAllocationResult
  nodeSelector *core.v1.NodeSelector

CELDeviceSelector
  expression string !

CapacityRequestPolicy
  default Quantity
  validRange *CapacityRequestPolicyRange
  validValues []Quantity

CapacityRequestPolicyRange
  max Quantity
  min Quantity !
  step Quantity

CapacityRequirements
  requests {}Quantity

Counter
  value Quantity !

CounterSet
  counters {}Counter !
  name string !

Device
  allNodes bool
  allowMultipleAllocations bool
  attributes {}DeviceAttribute
  bindingConditions []string
  bindingFailureConditions []string
  bindsToNode bool
  capacity {}DeviceCapacity
  consumesCounters []DeviceCounterConsumption
  name string !
  nodeAllocatableResourceMappings {}NodeAllocatableResourceMapping
  nodeName string
  nodeSelector *core.v1.NodeSelector
  taints []DeviceTaint

DeviceAllocationConfiguration
  opaque *OpaqueDeviceConfiguration
  requests []string
  source string !

DeviceAllocationResult
  config []DeviceAllocationConfiguration
  results []DeviceRequestAllocationResult

DeviceAttribute
  bool bool
  bools []bool
  int int64
  ints []int64
  string string
  strings []string
  version string
  versions []string

DeviceCapacity
  requestPolicy *CapacityRequestPolicy
  value Quantity !

DeviceClaim
  config []DeviceClaimConfiguration
  constraints []DeviceConstraint
  requests []DeviceRequest

DeviceClaimConfiguration
  opaque *OpaqueDeviceConfiguration
  requests []string

DeviceClass kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec DeviceClassSpec !

DeviceClassConfiguration
  opaque *OpaqueDeviceConfiguration

DeviceClassList kind
  apiVersion string
  items []DeviceClass ! untyped
  kind string
  metadata meta.v1.ListMeta

DeviceClassSpec
  config []DeviceClassConfiguration
  extendedResourceName string
  selectors []DeviceSelector

DeviceConstraint
  distinctAttribute string
  matchAttribute string
  requests []string

DeviceCounterConsumption
  counterSet string !
  counters {}Counter !

DeviceRequest
  exactly *ExactDeviceRequest
  firstAvailable []DeviceSubRequest
  name string !

DeviceRequestAllocationResult
  adminAccess bool
  bindingConditions []string
  bindingFailureConditions []string
  consumedCapacity {}Quantity
  device string !
  driver string !
  pool string !
  request string !
  shareID string
  tolerations []DeviceToleration

DeviceSelector
  cel *CELDeviceSelector

DeviceSubRequest
  allocationMode string
  capacity *CapacityRequirements
  count int64
  deviceClassName string !
  name string !
  selectors []DeviceSelector
  tolerations []DeviceToleration

DeviceTaint
  effect string !
  key string !
  timeAdded Time
  value string

DeviceToleration
  effect string
  key string
  operator string ="Equal"
  tolerationSeconds int64
  value string

ExactDeviceRequest
  adminAccess bool
  allocationMode string
  capacity *CapacityRequirements
  count int64
  deviceClassName string !
  selectors []DeviceSelector
  tolerations []DeviceToleration

NetworkDeviceData
  hardwareAddress string
  interfaceName string
  ips []string

NodeAllocatableResourceMapping
  allocationMultiplier Quantity
  capacityKey string

OpaqueDeviceConfiguration
  driver string !
  parameters RawExtension !

ResourceClaim kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec ResourceClaimSpec !
  status ResourceClaimStatus

ResourceClaimConsumerReference
  apiGroup string
  name string !
  resource string !
  uid string !

ResourceClaimList kind
  apiVersion string
  items []ResourceClaim ! untyped
  kind string
  metadata meta.v1.ListMeta

ResourceClaimSpec
  devices DeviceClaim

ResourceClaimStatus
  allocation *AllocationResult
  devices []AllocatedDeviceStatus map(driver,device,pool,shareID)
  reservedFor []ResourceClaimConsumerReference merge(uid)

ResourceClaimTemplate kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec ResourceClaimTemplateSpec !

ResourceClaimTemplateList kind
  apiVersion string
  items []ResourceClaimTemplate ! untyped
  kind string
  metadata meta.v1.ListMeta

ResourceClaimTemplateSpec
  metadata meta.v1.ObjectMeta
  spec ResourceClaimSpec !

ResourcePool
  generation int64 !
  name string !
  resourceSliceCount int64 !

ResourceSlice kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec ResourceSliceSpec !

ResourceSliceList kind
  apiVersion string
  items []ResourceSlice ! untyped
  kind string
  metadata meta.v1.ListMeta

ResourceSliceSpec
  allNodes bool
  devices []Device
  driver string !
  nodeName string
  nodeSelector *core.v1.NodeSelector
  perDeviceNodeSelection bool
  pool ResourcePool !
  sharedCounters []CounterSet
`,
'scheduling.v1': `package io.k8s.api.scheduling.v1
group scheduling.k8s.io/v1

PriorityClass kind
  apiVersion string
  description string
  globalDefault bool
  kind string
  metadata meta.v1.ObjectMeta
  preemptionPolicy string
  value int32 =0

PriorityClassList kind
  apiVersion string
  items []PriorityClass ! untyped
  kind string
  metadata meta.v1.ListMeta
`,
'storage.v1': `package io.k8s.api.storage.v1
group storage.k8s.io/v1

CSIDriver kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec CSIDriverSpec !

CSIDriverList kind
  apiVersion string
  items []CSIDriver ! untyped
  kind string
  metadata meta.v1.ListMeta

CSIDriverSpec
  attachRequired bool
  fsGroupPolicy string
  nodeAllocatableUpdatePeriodSeconds int64
  podInfoOnMount bool
  preventPodSchedulingIfMissing bool
  requiresRepublish bool
  seLinuxMount bool
  serviceAccountTokenInSecrets bool
  storageCapacity bool
  tokenRequests []TokenRequest
  volumeLifecycleModes []string set

CSINode kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec CSINodeSpec !

CSINodeDriver
  allocatable *VolumeNodeResources
  name string !
  nodeID string !
  topologyKeys []string

CSINodeList kind
  apiVersion string
  items []CSINode ! untyped
  kind string
  metadata meta.v1.ListMeta

CSINodeSpec
  drivers []CSINodeDriver ! merge(name)

CSIStorageCapacity kind
  apiVersion string
  capacity Quantity
  kind string
  maximumVolumeSize Quantity
  metadata meta.v1.ObjectMeta
  nodeTopology *meta.v1.LabelSelector
  storageClassName string !

CSIStorageCapacityList kind
  apiVersion string
  items []CSIStorageCapacity ! untyped
  kind string
  metadata meta.v1.ListMeta

StorageClass kind
  allowVolumeExpansion bool
  allowedTopologies []core.v1.TopologySelectorTerm
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  mountOptions []string
  parameters {}string
  provisioner string !
  reclaimPolicy string
  volumeBindingMode string

StorageClassList kind
  apiVersion string
  items []StorageClass ! untyped
  kind string
  metadata meta.v1.ListMeta

TokenRequest
  audience string !
  expirationSeconds int64

VolumeAttachment kind
  apiVersion string
  kind string
  metadata meta.v1.ObjectMeta
  spec VolumeAttachmentSpec !
  status VolumeAttachmentStatus

VolumeAttachmentList kind
  apiVersion string
  items []VolumeAttachment ! untyped
  kind string
  metadata meta.v1.ListMeta

VolumeAttachmentSource
  inlineVolumeSpec *core.v1.PersistentVolumeSpec
  persistentVolumeName string

VolumeAttachmentSpec
  attacher string !
  nodeName string !
  source VolumeAttachmentSource !

VolumeAttachmentStatus
  attachError *VolumeError
  attached bool !
  attachmentMetadata {}string
  detachError *VolumeError

VolumeAttributesClass kind
  apiVersion string
  driverName string !
  kind string
  metadata meta.v1.ObjectMeta
  parameters {}string

VolumeAttributesClassList kind
  apiVersion string
  items []VolumeAttributesClass ! untyped
  kind string
  metadata meta.v1.ListMeta

VolumeError
  errorCode int32
  message string
  time Time

VolumeNodeResources
  count int32
`,
}
