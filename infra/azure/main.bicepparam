using 'main.bicep'

// Values of the environment: azd keeps them per environment (`azd env set NAME VALUE`), a shell exports them.
param deploymentName = readEnvironmentVariable('AZURE_ENV_NAME')
param location = readEnvironmentVariable('AZURE_LOCATION')
param subscriptions = split(
  readEnvironmentVariable('FLOWKEEPER_SUBSCRIPTIONS', readEnvironmentVariable('AZURE_SUBSCRIPTION_ID')),
  ','
)
param allowFlowLogs = bool(readEnvironmentVariable('FLOWKEEPER_ALLOW_FLOW_LOGS', 'false'))
param allowCleanup = bool(readEnvironmentVariable('FLOWKEEPER_ALLOW_CLEANUP', 'false'))
param allowNetworkWatchers = bool(readEnvironmentVariable('FLOWKEEPER_ALLOW_NETWORK_WATCHERS', 'false'))
param allowDestinations = bool(readEnvironmentVariable('FLOWKEEPER_ALLOW_DESTINATIONS', 'false'))
param allowDeliveryProof = bool(readEnvironmentVariable('FLOWKEEPER_ALLOW_DELIVERY_PROOF', 'false'))
param storageAccountIds = filter(split(readEnvironmentVariable('FLOWKEEPER_STORAGE_ACCOUNTS', ''), ','), id => !empty(id))
param identityGroupId = readEnvironmentVariable('FLOWKEEPER_IDENTITY_GROUP', '')
