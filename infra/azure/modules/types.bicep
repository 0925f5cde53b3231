@description('Tags of a resource.')
@export()
type Tags = {
  *: string
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
