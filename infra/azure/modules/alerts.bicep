import { Tags } from 'types.bicep'

@description('Prefix of the names of the alert rules.')
param name string

param location string
param tags Tags

@description('Workspace that the log lines of the app are in.')
param workspaceId string

@description('Whom to tell.')
param actionGroupId string

// The product writes one JSON object a line, with a constant msg.
var lines = 'AppTraces | where Message startswith "{" | extend line = parse_json(Message)'

var rules = [
  {
    name: 'needs-a-person'
    displayName: 'A network is not logging, or can not be read, and only a person can mend it'
    severity: 2
    query: '${lines} | where line.msg == "network settled" and line.state in ("Blocked", "Contested", "Silent", "Unknown")'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'policy-refused'
    displayName: 'A policy was uploaded that is not valid; the last good one is in force'
    severity: 2
    query: '${lines} | where line.msg == "policy refused; the last good one is in force"'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'policy-waits'
    displayName: 'A policy would change many compliant networks, and waits for a person to approve it'
    severity: 3
    query: '${lines} | where line.msg == "policy waits for approval"'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'changes-paused'
    displayName: 'So many changes have failed that nothing is changed for a while'
    severity: 1
    query: '${lines} | where line.msg == "changes paused: too many have failed"'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'no-sweep'
    displayName: 'No sweep of the estate has finished for two hours'
    severity: 1
    query: '${lines} | where line.msg == "sweep finished"'
    operator: 'LessThan'
    threshold: 1
  }
  {
    name: 'slow'
    displayName: 'From event to flow log it takes more than ten minutes'
    severity: 3
    query: 'AppMetrics | where Name == \'flowkeeper.event_to_compliant\' | summarize seconds = sum(Sum) / sum(ItemCount) | where seconds > 600'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'failing'
    displayName: 'Changes fail again and again with the same code'
    severity: 2
    query: 'AppMetrics | where Name == \'flowkeeper.failures\' | summarize failures = sum(Sum) by code = tostring(Properties.code) | where failures > 20'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'throttled'
    displayName: 'Azure Resource Manager has almost no requests left for a subscription'
    severity: 3
    query: 'AppMetrics | where Name == \'flowkeeper.arm.remaining\' and Min < 10 | summarize by tostring(Properties.subscription)'
    operator: 'GreaterThan'
    threshold: 0
  }
]

resource alerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules: {
    name: '${name}-${rule.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: rule.displayName
      severity: rule.severity
      enabled: true
      autoMitigate: true
      scopes: [workspaceId]
      evaluationFrequency: 'PT15M'
      windowSize: 'PT2H'
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Count'
            operator: rule.operator
            threshold: rule.threshold
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: {
        actionGroups: [actionGroupId]
      }
    }
  }
]
