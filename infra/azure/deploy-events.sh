#!/bin/sh
# Subscribes the function app to the events of every subscription of the estate and of its destinations. azd runs it after each deployment of the code;
# by hand it needs the same variables, which are those of main.bicepparam and the outputs of main.bicep. With `new` it leaves out the subscriptions
# where it has been successful before: for a pipeline that runs often.
set -eu

: "${AZURE_ENV_NAME:?name of the deployment}" "${AZURE_LOCATION:?}"
: "${FLOWKEEPER_FUNCTION_APP_ID:?output of main.bicep}" "${FLOWKEEPER_DEAD_LETTER_IDENTITY_ID:?output of main.bicep}"
: "${FLOWKEEPER_DEAD_LETTER_STORAGE_ACCOUNT_ID:?output of main.bicep}" "${FLOWKEEPER_DEAD_LETTER_CONTAINER:?output of main.bicep}"

# In a network without any public side nothing can be delivered; the sweep finds what changed.
if [ "${FLOWKEEPER_EVENTS:-on}" = off ]; then
  echo "FLOWKEEPER_NETWORK says that no events are delivered: none are subscribed to."
  exit 0
fi

new_topic="evgt-flowkeeper-$AZURE_ENV_NAME"

# Of the management group those, new ones too, that whoever runs this may read; 1,000 a page.
below=""
page=""
[ -z "${FLOWKEEPER_MANAGEMENT_GROUP:-}" ] || page=first
while [ -n "$page" ]; do
  query="resourcecontainers | where type =~ 'microsoft.resources/subscriptions' | project id = subscriptionId | order by id asc"
  page=$(az rest --method post --url "/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01" --query "data[].id" --output tsv --body \
    "{\"managementGroups\":[\"$FLOWKEEPER_MANAGEMENT_GROUP\"],\"query\":\"$query\",\"options\":{\"\$top\":1000,\"\$skip\":$(echo "$below" | wc -w)}}")
  below="$below $page"
done

# The subscriptions of the estate, and those of the storage accounts and identities: whoever takes a right or an identity away does it there.
named="$(echo "${below:-${FLOWKEEPER_SUBSCRIPTIONS:-$AZURE_SUBSCRIPTION_ID}}" | tr -s ' \n' ','),${FLOWKEEPER_STORAGE_ACCOUNTS:-},${FLOWKEEPER_IDENTITY_GROUP:-}"
subscriptions=$(echo "$named" | tr ',' '\n' | awk -F/ 'NF { id = NF > 1 ? $3 : $1; if (!seen[tolower(id)]++) print id }')

for subscription in $subscriptions; do
  if [ "${1:-}" = new ]; then
    state=$(az deployment sub show --subscription "$subscription" --name "flowkeeper-events-$AZURE_ENV_NAME" \
      --query properties.provisioningState --output tsv 2> /dev/null || true)
    [ "$state" != Succeeded ] || continue
  fi

  # A subscription can have one system topic only: somebody else's is used where there is one.
  topic=$(az eventgrid system-topic list --subscription "$subscription" --output tsv \
    --query "[?source=='/subscriptions/$subscription' && name!='$new_topic'].id | [0]")

  az deployment sub create \
    --subscription "$subscription" \
    --name "flowkeeper-events-$AZURE_ENV_NAME" \
    --location "$AZURE_LOCATION" \
    --template-file infra/azure/events.bicep \
    --parameters \
      deploymentName="$AZURE_ENV_NAME" \
      functionAppId="$FLOWKEEPER_FUNCTION_APP_ID" \
      deadLetterIdentityId="$FLOWKEEPER_DEAD_LETTER_IDENTITY_ID" \
      deadLetterStorageAccountId="$FLOWKEEPER_DEAD_LETTER_STORAGE_ACCOUNT_ID" \
      deadLetterContainerName="$FLOWKEEPER_DEAD_LETTER_CONTAINER" \
      systemTopicId="$topic" \
      alertActionGroupId="${FLOWKEEPER_ALERT_ACTION_GROUP:-}"
done
