// Destinations made beforehand, for those who don't let an app create identities or grant roles:
// per location a storage account, the identity of its flow logs, and that identity's right to write to it.
targetScope = 'subscription'

@description('Name of the deployment of Flowkeeper that will use them.')
param deploymentName string

@description('Locations of the estate. A flow log and its storage account must be in the same one.')
param locations string[]

@description('Location of the resource group itself.')
param location string = deployment().location

@description('Days after which a log is deleted by the lifecycle rule of the account. 0: never.')
@minValue(0)
param retentionDays int = 90

@description('Refuse all networks but trusted services, of which flow logs are one. The proof of delivery lists blobs from the app, which is not: it needs the private endpoints below, or false.')
param firewall bool = true

@description('Lock the accounts against deletion.')
param lock bool = false

@description('A subnet for private endpoints of the accounts, and the privatelink zone of blobs, so that the proof of delivery gets in though the firewall is up. Left out: none.')
param network {
  location: string
  privateEndpointSubnetId: string
  blobZoneId: string
}?

var tags = { 'flowkeeper-deployment': deploymentName }

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-flowkeeper-${deploymentName}-logs'
  location: location
  tags: tags
}

module destinations 'modules/destination.bicep' = [
  for place in locations: {
    scope: group
    params: {
      storageAccountName: 'stflow${take(uniqueString(subscription().id, deploymentName, place), 13)}'
      identityName: 'id-flowkeeper-${deploymentName}-${place}'
      location: place
      tags: tags
      retentionDays: retentionDays
      firewall: firewall
      lock: lock
    }
  }
]

module privateEndpoints 'modules/private-endpoints.bicep' = if (network != null) {
  scope: group
  params: {
    name: 'pe-flowkeeper-${deploymentName}'
    location: network!.location
    tags: tags
    subnetId: network!.privateEndpointSubnetId
    targets: [
      for (place, index) in locations: {
        name: place
        part: 'blob'
        resourceId: destinations[index].outputs.storageAccountId
        zoneId: network!.blobZoneId
      }
    ]
  }
}

@description('For the policy document: "destination", and "identity" of kind "given".')
output destinations {
  location: string
  storageAccountId: string
  identityId: string
}[] = [
  for (place, index) in locations: {
    location: place
    storageAccountId: destinations[index].outputs.storageAccountId
    identityId: destinations[index].outputs.identityId
  }
]

@description('For main.bicep.')
output identityGroupId string = group.id
