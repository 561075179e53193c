package io.slipway.app;

import io.slipway.access.SecurityRules;
import io.slipway.api.ApiParts;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The controller's front: access, API and dashboard, over the ports of control that whoever imports this provides. */
@Configuration(proxyBeanMethods = false)
@Import({SecurityRules.class, ApiParts.class})
public class WebBeans {}
