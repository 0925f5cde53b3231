import { Network, Tags } from 'types.bicep'

@description('Prefix of the names of the private endpoints.')
param name string

param location string
param tags Tags

@description('Storage account and function app, reached from inside the network only.')
param storageAccountId string
param functionAppId string

param network Network

var targets = [
  { part: 'blob', resourceId: storageAccountId, zoneId: network.privateDnsZoneIds.blob }
  { part: 'queue', resourceId: storageAccountId, zoneId: network.privateDnsZoneIds.queue }
  { part: 'table', resourceId: storageAccountId, zoneId: network.privateDnsZoneIds.table }
  { part: 'sites', resourceId: functionAppId, zoneId: network.privateDnsZoneIds.sites }
]

resource endpoints 'Microsoft.Network/privateEndpoints@2024-07-01' = [
  for target in targets: {
    name: '${name}-${target.part}'
    location: location
    tags: tags
    properties: {
      subnet: { id: network.privateEndpointSubnetId }
      privateLinkServiceConnections: [
        {
          name: target.part
          properties: {
            privateLinkServiceId: target.resourceId
            groupIds: [target.part]
          }
        }
      ]
    }
  }
]

resource names 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-07-01' = [
  for (target, index) in targets: {
    parent: endpoints[index]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        { name: target.part, properties: { privateDnsZoneId: target.zoneId } }
      ]
    }
  }
]
