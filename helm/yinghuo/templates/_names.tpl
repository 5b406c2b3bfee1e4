{{/* Names and labels that more than one template writes. */}}

{{- define "yinghuo.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "yinghuo.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}
{{- end }}

{{- define "yinghuo.secret" -}}
{{- if .Values.secrets.externalSecret.enabled }}{{ include "yinghuo.name" . }}{{ else }}{{ required "secrets.existingSecret: name the Secret with DATABASE_URL, REDIS_URL and YINGHUO_SECRET, or enable secrets.externalSecret." .Values.secrets.existingSecret }}{{ end }}
{{- end }}

{{/* Labels of everything: (dict "root" $ "part" "web") */}}
{{- define "yinghuo.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/version: {{ .root.Values.image.tag | default .root.Chart.AppVersion | quote }}
{{ include "yinghuo.selector" . }}
{{- end }}

{{- define "yinghuo.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{/* All pods of this release. */}}
{{- define "yinghuo.everything" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Blocks of addresses, or anywhere inside the cluster: (dict "root" $ "blocks" [...]) */}}
{{- define "yinghuo.whereabouts" -}}
{{- if .blocks }}
{{- range .blocks }}
- ipBlock: {cidr: {{ . | quote }}}
{{- end }}
{{- else }}
- namespaceSelector: {}
{{- end }}
{{- end }}
