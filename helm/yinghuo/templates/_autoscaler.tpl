{{/* More pods while processors are busy or events wait: (dict "root" $ "part" "web" "scaling" {...}) */}}
{{- define "yinghuo.autoscaler" }}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ include "yinghuo.name" .root }}-{{ .part }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "yinghuo.labels" . | nindent 4 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ include "yinghuo.name" .root }}-{{ .part }}
  minReplicas: {{ .scaling.minReplicas }}
  maxReplicas: {{ .scaling.maxReplicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: {type: Utilization, averageUtilization: {{ .scaling.cpuPercent }}}
    {{- if .scaling.queueAgeSeconds }}
    - type: External
      external:
        metric:
          name: yinghuo_oldest_event_seconds
          selector:
            matchLabels: {namespace: {{ .root.Release.Namespace }}}
        target: {type: Value, value: {{ .scaling.queueAgeSeconds | quote }}}
    {{- end }}
  behavior:
    scaleDown:
      stabilizationWindowSeconds: 300
{{- end }}
