{{/* What every pod of the program has alike. */}}

{{/* Where a pod of a part may run: (dict "root" $ "part" "web") */}}
{{- define "yinghuo.pod" -}}
serviceAccountName: {{ include "yinghuo.name" .root }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .root.Values.pod.userId }}
  runAsGroup: {{ .root.Values.pod.userId }}
  fsGroup: {{ .root.Values.pod.userId }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .root.Values.pod.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.pod.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Copies stand on machines and in zones of their own where there are several. */}}
{{- define "yinghuo.spread" -}}
topologySpreadConstraints:
  {{- range tuple "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{- include "yinghuo.selector" $ | nindent 8 }}
  {{- end }}
{{- end }}

{{/* The image, and what a container of it may do. */}}
{{- define "yinghuo.container" -}}
image: {{ include "yinghuo.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  runAsNonRoot: true
  capabilities: {drop: [ALL]}
  seccompProfile: {type: RuntimeDefault}
env: {{- include "yinghuo.settings" . | nindent 2 }}
envFrom:
  - secretRef:
      name: {{ include "yinghuo.secret" . }}
volumeMounts:
  - {name: temporary, mountPath: /tmp}
  - {name: files, mountPath: /var/lib/yinghuo}
  {{- if .Values.certificates.existingSecret }}
  - {name: certificates, mountPath: /etc/yinghuo/certificates, readOnly: true}
  {{- end }}
{{- end }}

{{- define "yinghuo.volumes" -}}
volumes:
  - name: temporary
    emptyDir: {sizeLimit: 1Gi}
  - name: files
    {{- if .Values.files.volume.enabled }}
    persistentVolumeClaim:
      claimName: {{ include "yinghuo.name" . }}-files
    {{- else }}
    emptyDir: {sizeLimit: 1Gi}
    {{- end }}
  {{- with .Values.certificates.existingSecret }}
  - name: certificates
    secret:
      secretName: {{ . }}
      defaultMode: 0440
  {{- end }}
{{- end }}

{{/* Settings without secrets, as variables: a job that runs before everything else has no ConfigMap yet. */}}
{{- define "yinghuo.settings" -}}
{{- $settings := dict "YINGHUO_PUBLIC_URL" (required "publicUrl: the address that people reach the system by, such as https://desk.example.cn." .Values.publicUrl) }}
{{- $_ := set $settings "YINGHUO_DATA_DIRECTORY" "/var/lib/yinghuo" }}
{{- $_ := set $settings "YINGHUO_TURNING_FILE" "/tmp/yinghuo-turns" }}
{{- with .Values.files.s3 }}
{{- if .bucket }}{{ $_ := set $settings "YINGHUO_S3_BUCKET" .bucket }}{{ end }}
{{- if .endpoint }}{{ $_ := set $settings "YINGHUO_S3_ENDPOINT" .endpoint }}{{ end }}
{{- if .region }}{{ $_ := set $settings "YINGHUO_S3_REGION" .region }}{{ end }}
{{- end }}
{{- range $name, $value := merge (deepCopy .Values.settings) $settings }}
- {name: {{ $name }}, value: {{ $value | toString | quote }}}
{{- end }}
{{- end }}

{{/* Whether a process without a port still turns: its loops touch a file. The image has no shell that could look. */}}
{{- define "yinghuo.turning" -}}
startupProbe:
  exec: {command: [python3, -IS, -c, "import os; os.stat('/tmp/yinghuo-turns')"]}
  periodSeconds: 3
  failureThreshold: 40
livenessProbe:
  exec:
    command: [python3, -IS, -c, "import os, sys, time; sys.exit(time.time() - os.stat('/tmp/yinghuo-turns').st_mtime > 90)"]
  periodSeconds: 30
  timeoutSeconds: 5
  failureThreshold: 3
{{- end }}
