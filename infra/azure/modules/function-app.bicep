import { Tags, TaskScheduler } from 'types.bicep'

@description('Names of the function app and of its plan.')
param name string
param planName string

param location string
param tags Tags

@description('Identity of the app.')
param identityId string
param identityClientId string
param identityPrincipalId string

@description('Storage account of the app, and the container that its package is deployed to.')
param storageAccountName string
param packageContainerUrl string

@description('Connection string of Application Insights. Not a secret: instrumentation keys are switched off.')
param applicationInsightsConnectionString string

@description('Name of this deployment, and what the product itself can be told by settings. Empty: the default of the product.')
param deploymentName string
param cloud 'public' | 'usgovernment' | 'china'
param logLevel string
param sweepSchedule string
param topicEndpoint string
param otlpEndpoint string

@description('Instances that are kept warm for the event function. A cold start may answer an event with 401, which Event Grid does not retry.')
param alwaysReadyInstances int

@description('Subnet that the app goes out through. Empty: it goes out, and is reached, over the internet.')
param appSubnetId string

@description('In a network: whether Event Grid may still deliver, from its public addresses.')
param events bool

@description('Durable Task Scheduler that holds the task hub. Left out: the storage of the app holds it.')
param taskScheduler TaskScheduler?

var requiredSettings = {
  AzureWebJobsStorage__accountName: storageAccountName
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsightsConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  AZURE_CLIENT_ID: identityClientId
  AZURE_TENANT_ID: tenant().tenantId
  FLOWKEEPER_CLOUD: cloud
  FLOWKEEPER_PRINCIPAL_ID: identityPrincipalId
  FLOWKEEPER_DEPLOYMENT: deploymentName
  FLOWKEEPER_LOG_LEVEL: logLevel
  OTEL_METRIC_EXPORT_INTERVAL: '30000'
}

// Event Grid delivers from public addresses only; all else comes through the private endpoint.
var eventsOnly = {
  ipSecurityRestrictionsDefaultAction: 'Deny'
  ipSecurityRestrictions: [
    { name: 'event-grid', priority: 100, action: 'Allow', tag: 'ServiceTag', ipAddress: 'AzureEventGrid' }
  ]
  scmIpSecurityRestrictionsDefaultAction: 'Deny'
}

// Settings of the host by their path in host.json, which names Azure Storage.
var taskSchedulerSettings = taskScheduler == null
  ? {}
  : {
      DURABLE_TASK_SCHEDULER_CONNECTION_STRING: 'Endpoint=${taskScheduler!.endpoint};Authentication=ManagedIdentity;ClientID=${identityClientId}'
      AzureFunctionsJobHost__extensions__durableTask__hubName: taskScheduler!.hubName
      AzureFunctionsJobHost__extensions__durableTask__storageProvider__type: 'azureManaged'
      AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName: 'DURABLE_TASK_SCHEDULER_CONNECTION_STRING'
    }

var optionalSettings = union(
  taskSchedulerSettings,
  empty(sweepSchedule) ? {} : { FLOWKEEPER_SWEEP_SCHEDULE: sweepSchedule },
  empty(topicEndpoint) ? {} : { FLOWKEEPER_TOPIC_ENDPOINT: topicEndpoint },
  empty(otlpEndpoint) ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint }
)

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
  }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  // azd finds the app to deploy to by this tag.
  tags: union(tags, { 'azd-service-name': 'app' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    publicNetworkAccess: empty(appSubnetId) || events ? 'Enabled' : 'Disabled'
    virtualNetworkSubnetId: empty(appSubnetId) ? null : appSubnetId
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      ...(empty(appSubnetId) || !events ? {} : eventsOnly)
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainerUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'node'
        version: '24'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: 2048
        maximumInstanceCount: 40
        alwaysReady: alwaysReadyInstances > 0
          ? [
              { name: 'function:onResourceEvent', instanceCount: alwaysReadyInstances }
            ]
          : []
      }
    }
  }
}

resource settings 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: app
  name: 'appsettings'
  properties: union(requiredSettings, optionalSettings)
}

// Passwords of the publishing profile would be a second way in, beside Entra ID.
resource noFtpPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'ftp'
  properties: { allow: false }
}

resource noDeploymentPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
}

output id string = app.id
output name string = app.name
output hostName string = app.properties.defaultHostName
