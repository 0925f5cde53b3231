@description('Name of the system topic of this subscription, in this resource group.')
param topicName string

@description('Name of the event subscription.')
param name string

@description('Resource id of the function app.')
param functionAppId string

@description('Where events go that could not be delivered.')
param deadLetterStorageAccountId string
param deadLetterContainerName string
param deadLetterIdentityId string

var events = loadJsonContent('../event-filter.json')

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

resource eventSubscription 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: name
  properties: {
    eventDeliverySchema: 'EventGridSchema'
    destination: {
      endpointType: 'AzureFunction'
      properties: {
        resourceId: '${functionAppId}/functions/onResourceEvent'
        // An event that fails must not take its neighbours with it.
        maxEventsPerBatch: 1
      }
    }
    filter: {
      includedEventTypes: events.includedEventTypes
      advancedFilters: [
        {
          operatorType: 'StringIn'
          key: 'data.operationName'
          values: events.operationNames
        }
      ]
    }
    retryPolicy: {
      maxDeliveryAttempts: 30
      eventTimeToLiveInMinutes: 1440
    }
    deadLetterWithResourceIdentity: {
      identity: {
        type: 'UserAssigned'
        userAssignedIdentity: deadLetterIdentityId
      }
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: {
          resourceId: deadLetterStorageAccountId
          blobContainerName: deadLetterContainerName
        }
      }
    }
  }
}
