"""How a company becomes a partner, and how headquarters keeps its partners."""

from tenants.partners.application_rules import check_company, check_contact
from tenants.partners.lifecycle import HIGHEST_STAR_LEVEL, LOWEST_STAR_LEVEL, ApplicationState, PartnerState
from tenants.partners.plans_and_categories import PLANS, SERVICE_CATEGORIES, ServiceCategoryStandard
from tenants.partners.regions import City, Province, cities_of, city, named_city, provinces
from tenants.partners.schemas import (
    ApplicationApproval,
    ApplicationCreate,
    ApplicationRejection,
    CodeRequest,
    CompanyDetails,
    CompanyProfile,
    CompanyProfileUpdate,
    ContactDetails,
    DirectoryEntry,
    PartnerGrading,
    PartnerStep,
    PartnerTermination,
    PartnerUpdate,
)
from tenants.partners.services.applications import PartnerApplications
from tenants.partners.services.company_profile import CompanyProfiles
from tenants.partners.services.directory import Directory
from tenants.partners.services.provisioning import InviteOwner, provision_partner
from tenants.partners.services.records import record_step
from tenants.partners.services.register import PartnerRegister
from tenants.partners.services.verification import AddressVerification, SignUpSettings
from tenants.partners.services.vetting import Vetting

__all__ = [
    "HIGHEST_STAR_LEVEL",
    "LOWEST_STAR_LEVEL",
    "PLANS",
    "SERVICE_CATEGORIES",
    "AddressVerification",
    "ApplicationApproval",
    "ApplicationCreate",
    "ApplicationRejection",
    "ApplicationState",
    "City",
    "CodeRequest",
    "CompanyDetails",
    "CompanyProfile",
    "CompanyProfileUpdate",
    "CompanyProfiles",
    "ContactDetails",
    "Directory",
    "DirectoryEntry",
    "InviteOwner",
    "PartnerApplications",
    "PartnerGrading",
    "PartnerRegister",
    "PartnerState",
    "PartnerStep",
    "PartnerTermination",
    "PartnerUpdate",
    "Province",
    "ServiceCategoryStandard",
    "SignUpSettings",
    "Vetting",
    "check_company",
    "check_contact",
    "cities_of",
    "city",
    "named_city",
    "provinces",
    "provision_partner",
    "record_step",
]
