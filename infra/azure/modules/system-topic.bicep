import { Tags } from 'types.bicep'

@description('Name of the system topic. A subscription can have one only.')
param name string

param tags Tags

@description('Identity with which Event Grid writes dead-lettered events.')
param deadLetterIdentityId string

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: name
  location: 'global'
  tags: tags
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${deadLetterIdentityId}': {}
    }
  }
  properties: {
    source: subscription().id
    topicType: 'Microsoft.Resources.Subscriptions'
  }
}

output name string = topic.name
