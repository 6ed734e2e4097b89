-- The health of a Game, Jackpot or Chain, from the conditions that the operator writes. One script for the three kinds: they follow the
-- same conventions (docs/conditions.md). Argo CD waits for Healthy before it begins the next wave.
local health = { status = "Progressing", message = "the operator has not seen this version yet" }
local status = obj.status
if status == nil or status.conditions == nil then
  return health
end
if status.observedGeneration ~= nil and status.observedGeneration ~= obj.metadata.generation then
  return health
end
local found = {}
for _, condition in ipairs(status.conditions) do
  found[condition.type] = condition
end
local ready = found["Ready"]
if obj.metadata.deletionTimestamp ~= nil then
  health.message = found["Deleting"] ~= nil and found["Deleting"].message or "is being deleted"
elseif found["Paused"] ~= nil and found["Paused"].status == "True" then
  health.status = "Suspended"
  health.message = found["Paused"].message
elseif found["FinalityViolation"] ~= nil and found["FinalityViolation"].status == "True" then
  health.status = "Degraded"
  health.message = found["FinalityViolation"].message
elseif ready ~= nil and ready.status == "True" then
  health.status = "Healthy"
  health.message = ready.message
elseif found["Stalled"] ~= nil and found["Stalled"].status == "True" then
  health.status = "Degraded"
  health.message = ready ~= nil and ready.message or found["Stalled"].message
elseif ready ~= nil then
  health.message = ready.message
end
return health
