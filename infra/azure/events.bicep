// The events of one subscription, delivered to the function app. Deployed to each subscription of the estate, after the code:
// Event Grid refuses a function that is not there yet.
targetScope = 'subscription'

@description('Name of the deployment of Flowkeeper that the events go to.')
param deploymentName string

@description('Location of the resource group of a new system topic. The topic itself is global.')
param location string = deployment().location

@description('Outputs of main.bicep.')
param functionAppId string
param deadLetterIdentityId string
param deadLetterStorageAccountId string
param deadLetterContainerName string

@description('Resource id of the system topic that this subscription has already: it can have one only. The identity of the dead letters must be assigned to it. Empty: one is made.')
param systemTopicId string = ''

var tags = { 'flowkeeper-deployment': deploymentName }
var eventSubscriptionName = 'flowkeeper-${deploymentName}'

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = if (empty(systemTopicId)) {
  name: 'rg-flowkeeper-${deploymentName}-events'
  location: location
  tags: tags
}

module newTopic 'modules/system-topic.bicep' = if (empty(systemTopicId)) {
  scope: group
  params: {
    name: 'evgt-flowkeeper-${deploymentName}'
    tags: tags
    deadLetterIdentityId: deadLetterIdentityId
  }
}

module eventSubscription 'modules/event-subscription.bicep' = {
  scope: resourceGroup(empty(systemTopicId) ? 'rg-flowkeeper-${deploymentName}-events' : split(systemTopicId, '/')[4])
  params: {
    topicName: empty(systemTopicId) ? 'evgt-flowkeeper-${deploymentName}' : split(systemTopicId, '/')[8]
    name: eventSubscriptionName
    functionAppId: functionAppId
    deadLetterStorageAccountId: deadLetterStorageAccountId
    deadLetterContainerName: deadLetterContainerName
    deadLetterIdentityId: deadLetterIdentityId
  }
  dependsOn: [newTopic]
}
