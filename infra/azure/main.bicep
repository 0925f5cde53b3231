// Flowkeeper itself: the function app with all it needs, and the rights of its identity.
// Event subscriptions come after the code (events.bicep), since Event Grid refuses a function that is not there yet.
targetScope = 'subscription'

import { Network } from 'modules/types.bicep'

@description('Name of this deployment of Flowkeeper, in names and tags of everything it makes.')
@minLength(2)
@maxLength(16)
param deploymentName string

@description('Location of the function app.')
param location string = deployment().location

@description('Ids of the subscriptions whose networks are looked after. Empty where management-group.bicep gives the rights.')
param subscriptions string[] = [subscription().subscriptionId]

@description('May the app write flow logs? Without it the app reads and reports: enough for audit mode.')
param allowFlowLogs bool = false

@description('May the app delete a flow log that it created and Azure left failed?')
param allowCleanup bool = false

@description('May the app create the network watcher of a region that has none?')
param allowNetworkWatchers bool = false

@description('Resource ids of the storage accounts that flow logs are written to.')
param storageAccountIds string[] = []

@description('Resource id of the resource group of the identities of flow logs.')
param identityGroupId string = ''

@description('May the app create identities in that resource group, and let them write to those storage accounts? Otherwise destinations.bicep makes both beforehand.')
param allowDestinations bool = false

@description('May the app list (not read) the blobs of flow logs, as proof that they arrive?')
param allowDeliveryProof bool = false

@description('Object id of the service principal of a pipeline that may subscribe the app to events of further subscriptions. Empty: whoever deploys this does it.')
param onboardingPrincipalId string = ''

@description('Settings of the product. Empty: its own default.')
@allowed(['trace', 'debug', 'info', 'warn', 'error'])
param logLevel string = 'info'
param sweepSchedule string = ''

@description('Collector of OpenTelemetry over HTTP that metrics and traces go to, besides Application Insights.')
param otlpEndpoint string = ''

@description('Resource id of an Event Grid topic that changes of state are published to.')
param topicId string = ''

@description('Client id of the app registration whose tokens the API takes, with app roles Reader and Operator. Empty: function keys only.')
param apiClientId string = ''

@description('Resource id of the action group that is told when a person is needed. Empty: no alert is made.')
param alertActionGroupId string = ''

@description('Instances that are kept warm for the event function.')
@minValue(0)
param alwaysReadyInstances int = 1

@description('Keep the task hub in a Durable Task Scheduler of its own, instead of the storage of the app. Nobody has run Flowkeeper on it yet.')
param durableTaskScheduler bool = false

@description('A network of yours that the app is to live in. Left out: no private networking.')
param network Network?

var tags = { 'flowkeeper-deployment': deploymentName, 'azd-env-name': deploymentName }
var cloud = { AzureCloud: 'public', AzureUSGovernment: 'usgovernment', AzureChinaCloud: 'china' }[?environment().name] ?? 'public'
var groupName = 'rg-flowkeeper-${deploymentName}'
var suffix = take(uniqueString(subscription().id, deploymentName), 6)

// A module that is left out needs a scope all the same.
var topicGroup = split(empty(topicId) ? '/subscriptions/${subscription().subscriptionId}/resourceGroups/${groupName}' : topicId, '/')

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: groupName
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  scope: group
  params: {
    name: 'id-flowkeeper-${deploymentName}'
    location: location
    tags: tags
  }
}

module deadLetterIdentity 'modules/identity.bicep' = {
  scope: group
  params: {
    name: 'id-flowkeeper-${deploymentName}-events'
    location: location
    tags: tags
  }
}

module storage 'modules/app-storage.bicep' = {
  scope: group
  params: {
    name: 'stflowkeeper${suffix}'
    location: location
    tags: tags
    appPrincipalId: identity.outputs.principalId
    deadLetterPrincipalId: deadLetterIdentity.outputs.principalId
    access: network == null ? 'open' : network!.events ? 'trusted' : 'private'
  }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: {
    workspaceName: 'log-flowkeeper-${deploymentName}'
    applicationInsightsName: 'appi-flowkeeper-${deploymentName}'
    location: location
    tags: tags
    appPrincipalId: identity.outputs.principalId
  }
}

module topicAccess 'modules/topic-access.bicep' = if (!empty(topicId)) {
  scope: resourceGroup(topicGroup[2], topicGroup[4])
  params: {
    topicName: last(split(topicId, '/'))
    appPrincipalId: identity.outputs.principalId
  }
}

module taskScheduler 'modules/task-scheduler.bicep' = if (durableTaskScheduler) {
  scope: group
  params: {
    name: 'dts-flowkeeper-${deploymentName}'
    hubName: 'flowkeeper'
    location: location
    tags: tags
    appPrincipalId: identity.outputs.principalId
  }
}

module functionApp 'modules/function-app.bicep' = {
  scope: group
  params: {
    name: 'func-flowkeeper-${deploymentName}-${suffix}'
    planName: 'plan-flowkeeper-${deploymentName}'
    location: location
    tags: tags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    identityPrincipalId: identity.outputs.principalId
    storageAccountName: storage.outputs.name
    packageContainerUrl: storage.outputs.packageContainerUrl
    applicationInsightsConnectionString: monitoring.outputs.connectionString
    deploymentName: deploymentName
    cloud: cloud
    logLevel: logLevel
    sweepSchedule: sweepSchedule
    topicEndpoint: topicAccess.?outputs.endpoint ?? ''
    otlpEndpoint: otlpEndpoint
    // Without events nobody would be waiting for it.
    alwaysReadyInstances: network.?events ?? true ? alwaysReadyInstances : 0
    appSubnetId: network.?appSubnetId ?? ''
    events: network.?events ?? true
    taskScheduler: taskScheduler.?outputs.scheduler
  }
}

module privateEndpoints 'modules/private-endpoints.bicep' = if (network != null) {
  scope: group
  params: {
    name: 'pe-flowkeeper-${deploymentName}'
    location: location
    tags: tags
    subnetId: network!.privateEndpointSubnetId
    targets: [
      { name: 'blob', part: 'blob', resourceId: storage.outputs.id, zoneId: network!.privateDnsZoneIds.blob }
      { name: 'queue', part: 'queue', resourceId: storage.outputs.id, zoneId: network!.privateDnsZoneIds.queue }
      { name: 'table', part: 'table', resourceId: storage.outputs.id, zoneId: network!.privateDnsZoneIds.table }
      { name: 'sites', part: 'sites', resourceId: functionApp.outputs.id, zoneId: network!.privateDnsZoneIds.sites }
    ]
  }
}

module appAccess 'modules/app-access.bicep' = if (!empty(apiClientId)) {
  scope: group
  params: {
    functionAppName: functionApp.outputs.name
    clientId: apiClientId
  }
}

module workbook 'modules/workbook.bicep' = {
  scope: group
  params: {
    displayName: 'Flowkeeper (${deploymentName})'
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
  }
}

module alerts 'modules/alerts.bicep' = if (!empty(alertActionGroupId)) {
  scope: group
  params: {
    name: 'flowkeeper-${deploymentName}'
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
    actionGroupId: alertActionGroupId
  }
}

module rights 'modules/rights.bicep' = {
  params: {
    deploymentName: deploymentName
    principalId: identity.outputs.principalId
    subscriptions: subscriptions
    allowFlowLogs: allowFlowLogs
    allowCleanup: allowCleanup
    allowNetworkWatchers: allowNetworkWatchers
    storageAccountIds: storageAccountIds
    identityGroupId: identityGroupId
    allowDestinations: allowDestinations
    allowDeliveryProof: allowDeliveryProof
    onboardingPrincipalId: onboardingPrincipalId
  }
}

// Names as azd keeps them in its environment, where deploy-events.sh reads them.
output AZURE_RESOURCE_GROUP string = group.name
output FLOWKEEPER_FUNCTION_APP_ID string = functionApp.outputs.id
output FLOWKEEPER_HOST_NAME string = functionApp.outputs.hostName
output FLOWKEEPER_PRINCIPAL_ID string = identity.outputs.principalId
output FLOWKEEPER_DEAD_LETTER_IDENTITY_ID string = deadLetterIdentity.outputs.id
output FLOWKEEPER_DEAD_LETTER_STORAGE_ACCOUNT_ID string = storage.outputs.id
output FLOWKEEPER_DEAD_LETTER_CONTAINER string = storage.outputs.deadLetterContainerName
output FLOWKEEPER_EVENTS string = network.?events ?? true ? 'on' : 'off'
