"""How a company becomes a partner, and how headquarters keeps its partners."""

from tenants.partners.application_rules import check_company, check_contact
from tenants.partners.authorisations import authorised_categories
from tenants.partners.counts import waiting_applications
from tenants.partners.lifecycle import (
    HIGHEST_STAR_LEVEL,
    LOWEST_STAR_LEVEL,
    PARTNER,
    ApplicationState,
    PartnerState,
    Step,
    TransitionKind,
)
from tenants.partners.plans_and_categories import PLANS, SERVICE_CATEGORIES
from tenants.partners.regions import cities_of, city, named_city, provinces, search_cities
from tenants.partners.schemas import (
    ApplicationApproval,
    ApplicationCreate,
    ApplicationRejection,
    CodeRequest,
    CompanyDetails,
    CompanyProfileUpdate,
    ContactDetails,
    PartnerGrading,
    PartnerStep,
    PartnerTermination,
    PartnerUpdate,
)
from tenants.partners.services.applications import PartnerApplications
from tenants.partners.services.company_profile import CompanyProfiles
from tenants.partners.services.directory import Directory
from tenants.partners.services.records import record_step
from tenants.partners.services.register import PartnerRegister
from tenants.partners.services.verification import AddressVerification, SignUpSettings
from tenants.partners.services.vetting import Vetting

__all__ = [
    "HIGHEST_STAR_LEVEL",
    "LOWEST_STAR_LEVEL",
    "PARTNER",
    "PLANS",
    "SERVICE_CATEGORIES",
    "AddressVerification",
    "ApplicationApproval",
    "ApplicationCreate",
    "ApplicationRejection",
    "ApplicationState",
    "CodeRequest",
    "CompanyDetails",
    "CompanyProfileUpdate",
    "CompanyProfiles",
    "ContactDetails",
    "Directory",
    "PartnerApplications",
    "PartnerGrading",
    "PartnerRegister",
    "PartnerState",
    "PartnerStep",
    "PartnerTermination",
    "PartnerUpdate",
    "SignUpSettings",
    "Step",
    "TransitionKind",
    "Vetting",
    "authorised_categories",
    "check_company",
    "check_contact",
    "cities_of",
    "city",
    "named_city",
    "provinces",
    "record_step",
    "search_cities",
    "waiting_applications",
]
