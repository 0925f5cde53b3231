@description('Tags of a resource.')
@export()
type Tags = {
  *: string
}

@description('A network of yours that the app lives in. Its storage then takes nobody from outside.')
@export()
type Network = {
  @description('Whether Event Grid may still deliver, from its public addresses. False: the app has no public side at all, and the sweep finds what changed.')
  events: bool

  @description('Subnet of the app, delegated to Microsoft.App/environments, in the location of the app.')
  appSubnetId: string

  @description('Subnet of the private endpoints.')
  privateEndpointSubnetId: string

  @description('Resource ids of the privatelink zones, linked to that network.')
  privateDnsZoneIds: {
    blob: string
    queue: string
    table: string
    sites: string
  }
}

@description('What is reached by a private endpoint: one part (blob, sites, …) of a resource, known by the name in a privatelink zone.')
@export()
type PrivateTarget = {
  name: string
  part: string
  resourceId: string
  zoneId: string
}

@description('Where the task hub is, when it is not in the storage of the app.')
@export()
type TaskScheduler = {
  endpoint: string
  hubName: string
}

@description('One file of roles/.')
@export()
type Role = {
  name: string
  roleName: string
  description: string
  permissions: Permission[]
}

@description('What a role allows. Nothing is ever subtracted, so that a role says all of it.')
type Permission = {
  actions: string[]
  notActions: string[]
  dataActions: string[]
  notDataActions: string[]
}
