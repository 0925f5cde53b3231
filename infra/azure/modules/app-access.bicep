@description('Name of the function app.')
param functionAppName string

@description('Client id of the app registration whose tokens the API takes. Its app roles are Reader and Operator.')
param clientId string

resource app 'Microsoft.Web/sites@2024-11-01' existing = {
  name: functionAppName
}

// A token is checked, nobody is signed in: there is no client secret.
resource authentication 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: app
  name: 'authsettingsV2'
  properties: {
    platform: {
      enabled: true
    }
    globalValidation: {
      requireAuthentication: true
      unauthenticatedClientAction: 'Return401'
      // Event Grid comes with the system key of the host, and with no token.
      excludedPaths: ['/runtime/webhooks/EventGrid', '/runtime/webhooks/eventgrid']
    }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          clientId: clientId
          openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
        }
        validation: {
          allowedAudiences: [clientId, 'api://${clientId}']
        }
      }
    }
    login: {
      tokenStore: {
        enabled: false
      }
    }
  }
}
