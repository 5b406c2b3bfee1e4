// The employee's phone: works without any of this, a little kinder with it.
import "./fields.js";
import "./theme.js";
import "./toast.js";
import "./countdown.js";
import "./unsaved.js";
import "./upload.js";
import "./live.js";
import "./refresh.js";
import "./forget.js";
