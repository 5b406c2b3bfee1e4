// Public pages, the client portal and error pages.
import "./fields.js";
import "./request.js";
import "./theme.js";
import "./toast.js";
import "./dialog.js";
import "./countdown.js";
import "./unsaved.js";
import "./upload.js";
import "./sideways.js";
import "./clear-cache.js";
