using 'main.bicep'

// Values of the environment: azd keeps them per environment (`azd env set NAME VALUE`), a shell exports them.
param deploymentName = readEnvironmentVariable('AZURE_ENV_NAME')
param location = readEnvironmentVariable('AZURE_LOCATION')
// Comma-separated ids. Under a management group they get events only: management-group.bicep gives the rights.
var subscriptionIds = split(
  readEnvironmentVariable('FLOWKEEPER_SUBSCRIPTIONS', readEnvironmentVariable('AZURE_SUBSCRIPTION_ID')),
  ','
)
param subscriptions = empty(readEnvironmentVariable('FLOWKEEPER_MANAGEMENT_GROUP', '')) ? subscriptionIds : []
param allowFlowLogs = bool(readEnvironmentVariable('FLOWKEEPER_ALLOW_FLOW_LOGS', 'false'))
param allowCleanup = bool(readEnvironmentVariable('FLOWKEEPER_ALLOW_CLEANUP', 'false'))
param allowNetworkWatchers = bool(readEnvironmentVariable('FLOWKEEPER_ALLOW_NETWORK_WATCHERS', 'false'))
param allowDestinations = bool(readEnvironmentVariable('FLOWKEEPER_ALLOW_DESTINATIONS', 'false'))
param allowDeliveryProof = bool(readEnvironmentVariable('FLOWKEEPER_ALLOW_DELIVERY_PROOF', 'false'))
param storageAccountIds = filter(split(readEnvironmentVariable('FLOWKEEPER_STORAGE_ACCOUNTS', ''), ','), id => !empty(id))
param identityGroupId = readEnvironmentVariable('FLOWKEEPER_IDENTITY_GROUP', '')
param onboardingPrincipalId = readEnvironmentVariable('FLOWKEEPER_ONBOARDING_PRINCIPAL_ID', '')
param logLevel = readEnvironmentVariable('FLOWKEEPER_LOG_LEVEL', 'info')
param sweepSchedule = readEnvironmentVariable('FLOWKEEPER_SWEEP_SCHEDULE', '')
param otlpEndpoint = readEnvironmentVariable('FLOWKEEPER_OTLP_ENDPOINT', '')
param topicId = readEnvironmentVariable('FLOWKEEPER_TOPIC_ID', '')
param apiClientId = readEnvironmentVariable('FLOWKEEPER_API_CLIENT_ID', '')
param alertActionGroupId = readEnvironmentVariable('FLOWKEEPER_ALERT_ACTION_GROUP', '')
param alwaysReadyInstances = int(readEnvironmentVariable('FLOWKEEPER_ALWAYS_READY_INSTANCES', '1'))
param durableTaskScheduler = bool(readEnvironmentVariable('FLOWKEEPER_DURABLE_TASK_SCHEDULER', 'false'))
// JSON: the type Network of modules/types.bicep.
param network = json(readEnvironmentVariable('FLOWKEEPER_NETWORK', 'null'))
