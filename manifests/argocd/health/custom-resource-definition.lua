-- A definition is Healthy once the API server serves it: what is of its kind comes in a later wave.
local health = { status = "Progressing", message = "not established yet" }
if obj.status ~= nil and obj.status.conditions ~= nil then
  for _, condition in ipairs(obj.status.conditions) do
    if condition.type == "NamesAccepted" and condition.status == "False" then
      health.status = "Degraded"
      health.message = condition.message
      return health
    end
    if condition.type == "Established" and condition.status == "True" then
      health.status = "Healthy"
      health.message = "served"
    end
  end
end
return health
