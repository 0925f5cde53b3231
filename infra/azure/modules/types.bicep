@description('Tags of a resource.')
@export()
type Tags = {
  *: string
}

@description('A network of yours that the app lives in. Its public side then takes events only, and its storage takes nobody from outside.')
@export()
type Network = {
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
