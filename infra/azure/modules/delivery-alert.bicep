import { Tags } from 'types.bicep'

@description('Name of the system topic, in this resource group, and of the event subscription.')
param topicName string
param eventSubscriptionName string

param tags Tags

@description('Whom to tell.')
param actionGroupId string

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

// The documentation disagrees with itself on whether a refused event is dead-lettered or dropped: either is told.
resource alerts 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for metric in ['DeadLetteredCount', 'DroppedEventCount']: {
    name: '${eventSubscriptionName}-${metric}'
    location: 'global'
    tags: tags
    properties: {
      description: 'Events of networks did not reach Flowkeeper. The sweep will find what changed, later.'
      severity: 2
      enabled: true
      scopes: [topic.id]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M'
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion'
            name: metric
            metricName: metric
            dimensions: [
              { name: 'EventSubscriptionName', operator: 'Include', values: [eventSubscriptionName] }
            ]
            timeAggregation: 'Total'
            operator: 'GreaterThan'
            threshold: 0
          }
        ]
      }
      actions: [
        { actionGroupId: actionGroupId }
      ]
    }
  }
]
