import { PrivateTarget, Tags } from 'types.bicep'

@description('Prefix of the names of the private endpoints.')
param name string

@description('Location of the network, which may be another than that of the targets.')
param location string

param tags Tags

@description('Subnet that the endpoints are in.')
param subnetId string

param targets PrivateTarget[]

resource endpoints 'Microsoft.Network/privateEndpoints@2024-07-01' = [
  for target in targets: {
    name: '${name}-${target.name}'
    location: location
    tags: tags
    properties: {
      subnet: { id: subnetId }
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
