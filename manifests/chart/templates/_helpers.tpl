{{- define "pitboss.image" -}}
{{- $tag := .Values.image.tag | default .Chart.AppVersion -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ $tag }}
{{- end -}}
{{- end }}

{{- define "pitboss.gatewayNamespace" -}}
{{ .Values.gateway.namespace | default .Release.Namespace }}
{{- end }}

{{- /* Where players' requests come from; empty: anywhere. */ -}}
{{- define "pitboss.edgeNamespace" -}}
{{- if eq .Values.edge "gateway" -}}
{{ .Values.gateway.podsNamespace | default (include "pitboss.gatewayNamespace" .) }}
{{- else if eq .Values.edge "ingress" -}}
{{ .Values.ingress.podsNamespace }}
{{- end -}}
{{- end }}

{{- /* Of every pod: not root, nothing but its own. */ -}}
{{- define "pitboss.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "pitboss.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{- define "pitboss.startupAndLiveness" -}}
startupProbe:
  httpGet: { path: /livez, port: operations }
  timeoutSeconds: 5
  periodSeconds: 1
  failureThreshold: 60
livenessProbe:
  httpGet: { path: /livez, port: operations }
  timeoutSeconds: 5
  periodSeconds: 10
  failureThreshold: 3
{{- end }}

{{- /* Where a pod may be put: (dict "of" values) */ -}}
{{- define "pitboss.placement" -}}
{{- with .nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end }}

{{- /* Replicas apart from each other, by zone and by machine: (dict "name" …) */ -}}
{{- define "pitboss.spread" -}}
{{- range $key := list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
- maxSkew: 1
  topologyKey: {{ $key }}
  whenUnsatisfiable: ScheduleAnyway
  labelSelector: { matchLabels: { app.kubernetes.io/name: {{ $.name }} } }
  matchLabelKeys: [pod-template-hash]
{{- end }}
{{- end }}

{{- define "pitboss.restricted" -}}
pod-security.kubernetes.io/enforce: restricted
pod-security.kubernetes.io/warn: restricted
pod-security.kubernetes.io/audit: restricted
{{- end }}

{{- define "pitboss.toDns" }}
- to:
    - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } }
    # A node's own DNS cache listens on this link-local address.
    - ipBlock: { cidr: 169.254.20.10/32 }
  ports: [{ protocol: UDP, port: 53 }, { protocol: TCP, port: 53 }]
{{- end }}

{{- define "pitboss.toCidrs" }}
{{- with . }}
to:
  {{- range . }}
  - ipBlock: { cidr: {{ . }} }
  {{- end }}
{{- end }}
{{- end }}

{{- define "pitboss.toDatabase" }}
- ports: [{ protocol: TCP, port: {{ .Values.database.port }} }]
  {{- include "pitboss.toCidrs" .Values.database.cidrs | indent 2 }}
{{- end }}

{{- define "pitboss.fromMonitoring" }}
- from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: {{ .Values.monitoring.namespace }} } } }]
  ports: [{ protocol: TCP, port: operations }]
{{- end }}

{{- /* What outlives the release, by Helm and by Argo CD: (dict "wave" …) */ -}}
{{- define "pitboss.kept" -}}
helm.sh/resource-policy: keep
argocd.argoproj.io/sync-options: Prune=false,Delete=false
argocd.argoproj.io/sync-wave: {{ .wave | quote }}
{{- end }}

{{- define "pitboss.chainNamespaces" -}}
{{- $names := list }}{{ range .Values.namespaces.chains }}{{ $names = append $names .name }}{{ end -}}
[{{ join ", " $names }}]
{{- end }}

{{- define "pitboss.toChains" }}
- to: [{ namespaceSelector: { matchExpressions: [{ key: kubernetes.io/metadata.name, operator: In, values: {{ include "pitboss.chainNamespaces" .root }} }] } }]
  ports: [{ protocol: TCP, port: {{ .port }} }]
{{- end }}
