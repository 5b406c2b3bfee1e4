// Partner workspace and headquarters console.
import "./fields.js";
import "./request.js";
import "./theme.js";
import "./toast.js";
import "./dialog.js";
import "./countdown.js";
import "./unsaved.js";
import "./upload.js";
import "./keyboard.js";
import "./lists.js";
import "./record-keys.js";
import "./panel.js";
import "./search.js";
import "./navigation.js";
import "./palette.js";
import "./live.js";
import "./clear-cache.js";
