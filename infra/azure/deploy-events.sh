#!/bin/sh
# Subscribes the function app to the events of every subscription of the estate and of its destinations. azd runs it after each deployment of the code;
# by hand it needs the same variables, which are those of main.bicepparam and the outputs of main.bicep.
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

# The subscriptions of the estate, and those of the storage accounts and identities: whoever takes a right or an identity away does it there.
named="${FLOWKEEPER_SUBSCRIPTIONS:-$AZURE_SUBSCRIPTION_ID},${FLOWKEEPER_STORAGE_ACCOUNTS:-},${FLOWKEEPER_IDENTITY_GROUP:-}"
subscriptions=$(echo "$named" | tr ',' '\n' | awk -F/ 'NF { id = NF > 1 ? $3 : $1; if (!seen[tolower(id)]++) print id }')

for subscription in $subscriptions; do
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
