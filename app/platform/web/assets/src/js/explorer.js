// The API explorer: Swagger UI over our OpenAPI description. Requests carry the page's CSRF token.
import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";
import { requestToken } from "./page.js";

SwaggerUI({
  url: "/api/openapi.json",
  domNode: document.getElementById("content"),
  deepLinking: true,
  requestInterceptor: (request) => {
    request.headers["X-CSRF-Token"] = requestToken();
    return request;
  },
});
