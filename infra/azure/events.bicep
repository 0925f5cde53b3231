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

@description('Resource id of the action group that is told when events are lost. Empty: no alert is made.')
param alertActionGroupId string = ''

var tags = { 'flowkeeper-deployment': deploymentName }
var eventSubscriptionName = 'flowkeeper-${deploymentName}'
var topic = empty(systemTopicId)
  ? { name: 'evgt-flowkeeper-${deploymentName}', group: 'rg-flowkeeper-${deploymentName}-events' }
  : { name: split(systemTopicId, '/')[8], group: split(systemTopicId, '/')[4] }

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = if (empty(systemTopicId)) {
  name: topic.group
  location: location
  tags: tags
}

module newTopic 'modules/system-topic.bicep' = if (empty(systemTopicId)) {
  scope: group
  params: {
    name: topic.name
    tags: tags
    deadLetterIdentityId: deadLetterIdentityId
  }
}

module eventSubscription 'modules/event-subscription.bicep' = {
  scope: resourceGroup(topic.group)
  params: {
    topicName: topic.name
    name: eventSubscriptionName
    functionAppId: functionAppId
    deadLetterStorageAccountId: deadLetterStorageAccountId
    deadLetterContainerName: deadLetterContainerName
    deadLetterIdentityId: deadLetterIdentityId
  }
  dependsOn: [newTopic]
}

module deliveryAlert 'modules/delivery-alert.bicep' = if (!empty(alertActionGroupId)) {
  scope: resourceGroup(topic.group)
  params: {
    topicName: topic.name
    eventSubscriptionName: eventSubscriptionName
    tags: tags
    actionGroupId: alertActionGroupId
  }
  dependsOn: [newTopic]
}
