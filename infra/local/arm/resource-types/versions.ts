/** api-versions of Microsoft.Network that the recordings and SDKs use. */
export const networkVersions = [
  '2023-09-01',
  '2023-11-01',
  '2024-01-01',
  '2024-03-01',
  '2024-05-01',
  '2024-07-01',
  '2024-10-01',
  '2025-01-01',
  '2025-03-01',
  '2025-05-01',
  '2026-01-01',
];

/** api-versions of Microsoft.Storage. */
export const storageVersions = [
  '2022-09-01',
  '2023-01-01',
  '2023-05-01',
  '2024-01-01',
  '2025-01-01',
  '2025-06-01',
  '2026-09-01',
];

/** api-versions of Microsoft.ManagedIdentity. */
export const identityVersions = ['2018-11-30', '2023-01-31', '2024-11-30'];

/** api-versions of role assignments and role definitions. */
export const authorizationVersions = ['2015-07-01', '2018-01-01-preview', '2020-04-01-preview', '2022-04-01'];

/** api-versions of subscriptions and resource groups. */
export const resourcesVersions = [
  '2016-06-01',
  '2016-09-01',
  '2020-01-01',
  '2021-01-01',
  '2021-04-01',
  '2022-09-01',
  '2022-12-01',
  '2024-03-01',
  '2025-04-01',
];

export const eventGridVersions = ['2022-06-15', '2023-12-15-preview', '2024-06-01-preview', '2025-02-15'];
