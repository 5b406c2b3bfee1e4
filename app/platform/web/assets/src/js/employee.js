// The employee portal; every page also works without scripts.
import "./fields.js";
import "./theme.js";
import "./toast.js";
import "./countdown.js";
import "./unsaved.js";
import "./upload.js";
import "./live.js";
import "./refresh.js";
import "./clear-cache.js";
