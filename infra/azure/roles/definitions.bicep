// The role files, grouped by the scope at which they are assigned. The simulator of Azure enforces the same files.

@description('Assigned on subscriptions or on a management group.')
@export()
var estateRoles = {
  reader: loadJsonContent('reader.json')
  flowLogWriter: loadJsonContent('flow-log-writer.json')
  flowLogRemover: loadJsonContent('flow-log-remover.json')
  networkWatcherCreator: loadJsonContent('network-watcher-creator.json')
}

@description('Assigned on subscriptions or on a management group, to whoever adds subscriptions.')
@export()
var onboardingRoles = {
  eventSubscriber: loadJsonContent('event-subscriber.json')
}

@description('Assigned on storage accounts and on the resource group of the identities of flow logs.')
@export()
var destinationRoles = {
  destinationOperator: loadJsonContent('destination-operator.json')
  identityOperator: loadJsonContent('identity-operator.json')
  identityUser: loadJsonContent('identity-user.json')
  deliveryReader: loadJsonContent('delivery-reader.json')
}

@description('Built-in roles, by the name that Azure gives them.')
@export()
var builtInRoles = {
  storageBlobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  storageBlobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  storageQueueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  storageTableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
  eventGridDataSender: 'd5a91429-5739-47e2-a06b-3470a27159e7'
  durableTaskDataContributor: '0ad04412-c4d5-4796-b79c-f76d14c8d402'
  monitoringMetricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
}

@description('Name (GUID) of a custom role definition: its own for each deployment of Flowkeeper, since it must be unique in the tenant.')
@export()
func roleDefinitionName(scopeId string, deploymentName string, role string) string => guid(scopeId, deploymentName, role)
